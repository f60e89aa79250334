using ActorBroker.Contracts.Statistics;

namespace ActorBroker.Connections.Sessions;

/// <content>What those see of the connection who watch the node; nothing is kept where nobody does.</content>
public sealed partial class BrokerSession
{
    private ConnectionFigures? _figures;

    /// <summary>The network has brought bytes, or taken some.</summary>
    /// <param name="read">Bytes that were read; 0 for none.</param>
    /// <param name="written">Bytes that were written; 0 for none.</param>
    public void CountTraffic(int read, int written)
    {
        if (_figures is not { } figures)
        {
            return;
        }

        if (read > 0)
        {
            figures.BytesRead += read;
            figures.Reads++;
        }

        if (written > 0)
        {
            figures.BytesWritten += written;
            figures.Writes++;
        }
    }

    /// <summary>The client's publishes wait for resources, or do no longer.</summary>
    public void ShowHeldUp(bool isHeldUp) => _figures?.IsBlocked = isHeldUp;

    private void BeginFigures()
    {
        if (_services.Statistics.IsKept)
        {
            _figures = new ConnectionFigures(Description);
        }
    }

    private void ShowOpened()
    {
        if (_figures is { } figures)
        {
            figures.Description = Description;
            _services.Statistics.Connections.Enter(figures);
            _services.Statistics.Connections.Churn.ConnectionOpened();
        }
    }

    private void ShowEnd()
    {
        if (_figures is { } figures)
        {
            _services.Statistics.Connections.Leave(figures);
            _services.Statistics.Connections.Churn.ConnectionClosed();
        }
    }

    private void ShowOpened(Core.Sessions.SessionChannel channel)
    {
        if (_figures is { } figures)
        {
            figures.Add(channel);
            _services.Statistics.Connections.Churn.ChannelOpened();
        }
    }

    private void ShowClosed(Core.Sessions.SessionChannel channel)
    {
        if (_figures is { } figures)
        {
            figures.Remove(channel);
            _services.Statistics.Connections.Churn.ChannelClosed();
            if (channel.Figures is { } counted)
            {
                _services.Statistics.Connections.Leave(_virtualHost, counted);
            }
        }
    }
}

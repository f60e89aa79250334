using ActorBroker.Contracts.Statistics;

namespace ActorBroker.Connections.Sessions;

/// <content>What those see of the connection who watch the node; nothing is kept before somebody does.</content>
public sealed partial class BrokerSession
{
    private ConnectionFigures? _figures;
    private bool _isShown;

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
        if (_figures is null && _services.Statistics.IsKept)
        {
            _figures = new ConnectionFigures(Description);
        }
    }

    // Who is told of the connections has heard of this one before: either it is told, or it sees here that it is to enter.
    private void ShowOpened()
    {
        _services.Statistics.Connections.Churn.ConnectionOpened();
        _isShown = true;
        BeginFigures();
        if (_figures is { } figures)
        {
            figures.Description = Description;
            _services.Statistics.Connections.Enter(figures);
        }
    }

    private void OnFiguresWanted(FiguresWanted wanted)
    {
        if (_figures is null && _isShown)
        {
            var figures = _figures = new ConnectionFigures(Description);
            foreach (var channel in _channelsTold)
            {
                BeginPairs(channel);
                figures.Add(channel);
            }

            foreach (var consumer in _consumers.Values.Where(static consumer => consumer.IsTold))
            {
                figures.Add(DescriptionOf(consumer));
            }

            _services.Statistics.Connections.Enter(figures);
        }

        wanted.Entered();
    }

    private void ShowEnd()
    {
        _services.Statistics.Connections.Churn.ConnectionClosed();
        if (_figures is { } figures)
        {
            _services.Statistics.Connections.Leave(figures);
        }
    }

    private void ShowOpened(Core.Sessions.SessionChannel channel)
    {
        if (_figures is { } figures)
        {
            BeginPairs(channel);
            figures.Add(channel);
        }

        _services.Statistics.Connections.Churn.ChannelOpened();
    }

    private void ShowClosed(Core.Sessions.SessionChannel channel)
    {
        _services.Statistics.Connections.Churn.ChannelClosed();
        if (_figures is { } figures)
        {
            EndCounting(channel);
            figures.Remove(channel);
            if (channel.Figures is { } counted)
            {
                _services.Statistics.Connections.Leave(_virtualHost, NodeStatistics.LabelOf(Listener.Client.Protocol), counted);
            }
        }
    }
}

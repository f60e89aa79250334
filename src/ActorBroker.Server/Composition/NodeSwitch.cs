using ActorBroker.Management;

namespace ActorBroker.Server.Composition;

/// <summary>What the node of this process is to do next.</summary>
internal enum NodeWish
{
    /// <summary>To serve clients.</summary>
    Serve,

    /// <summary>To be stopped.</summary>
    Stop,

    /// <summary>To be stopped, and to keep nothing.</summary>
    Reset,
}

/// <summary>
/// What operators want of the node, and how far it has come: they ask on any thread, the node answers from its one loop. One
/// wish at a time: who wants something else meanwhile is refused.
/// </summary>
internal sealed class NodeSwitch : INodeSwitch
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _wanted = NewSource();
    private TaskCompletionSource _done = NewSource();
    private NodeWish _wish = NodeWish.Serve;

    public bool IsServing
    {
        get
        {
            lock (_gate)
            {
                return _wish == NodeWish.Serve && _done.Task.IsCompletedSuccessfully;
            }
        }
    }

    public Task StopAsync() => WishAsync(NodeWish.Stop);

    public Task StartAsync() => WishAsync(NodeWish.Serve);

    public Task ResetAsync()
    {
        lock (_gate)
        {
            return _wish == NodeWish.Serve ? throw new InvalidOperationException("the node is running: stop it first") : WishAsync(NodeWish.Reset);
        }
    }

    /// <summary>Ends when something is wanted that the node does not do; see <see cref="Take"/>.</summary>
    public Task Wanted
    {
        get
        {
            lock (_gate)
            {
                return _wanted.Task;
            }
        }
    }

    /// <summary>What is wanted; from now on <see cref="Wanted"/> waits for something else.</summary>
    public NodeWish Take()
    {
        lock (_gate)
        {
            _wanted = NewSource();
            return _wish;
        }
    }

    /// <summary>The node does what was wanted last.</summary>
    public void Done()
    {
        lock (_gate)
        {
            _wish = _wish == NodeWish.Reset ? NodeWish.Stop : _wish;
            _done.TrySetResult();
        }
    }

    /// <summary>The node cannot do what was wanted last, and is stopped.</summary>
    public void Failed(Exception failure)
    {
        lock (_gate)
        {
            _wish = NodeWish.Stop;
            var failed = _done;
            _done = NewSource();
            _done.SetResult();
            failed.TrySetException(failure);
        }
    }

    private Task WishAsync(NodeWish wish)
    {
        lock (_gate)
        {
            if (_wish == wish)
            {
                return _done.Task;
            }

            if (!_done.Task.IsCompleted)
            {
                throw new InvalidOperationException($"the node is about to {(_wish == NodeWish.Serve ? "start" : "stop")}");
            }

            _wish = wish;
            _done = NewSource();
            _wanted.TrySetResult();
            return _done.Task;
        }
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

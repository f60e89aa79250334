using ActorBroker.Contracts.Catalogue;
using ActorBroker.Core.Names;
using ActorBroker.Core.Sessions;

namespace ActorBroker.Broker.Catalogue;

/// <content>A round: what has gathered is decided, written and told to the nodes together.</content>
public sealed partial class CatalogueActor
{
    private void OnRequest(CatalogueCommand command)
    {
        _virtualHost = command.VirtualHost;
        // There are few nodes, and one that is refused asks again at once.
        if (_waiting.Count + _held.Count >= _settings.WaitingMax && command is not SubscribeNames)
        {
            Answer(new CatalogueRequest(command, Sender), Refused(RefusalReason.Unavailable, "has too many requests waiting"));
            return;
        }

        var request = new CatalogueRequest(command, Sender);
        if (AwaitsFollowers(command))
        {
            _held.Enqueue(request);
            return;
        }

        _waiting.Enqueue(request);
        if (!_isBusy)
            BeginRound();
    }

    private void BeginRound()
    {
        var changes = new List<NameChange>();
        var written = new List<NameChange>();
        var events = new List<CatalogueEvent>();
        while (_current.Count < _settings.RoundMax && _waiting.TryDequeue(out var request))
        {
            _current.Add(request);
            request.Refusal = CheckQueueLimit(request.Command);
            request.WasThere = request.Command is UnregisterName gone && _state.TryGet(new Destination(gone.Kind, gone.Name), out _);
            var first = changes.Count;
            if (request.Refusal is null)
                AddChanges(request.Command, changes);
            for (var i = first; i < changes.Count; i++)
                Follow(changes[i], written);
            if (request.Command is PolicyCommand command)
                DecidePolicy(request, command, events);
        }

        var policiesChange = events.Exists(change => change is not QueueLimitSet);

        _isBusy = true;
        if (written.Count > 0)
            events.Add(new NamesRecorded(_virtualHost, written));
        if (events.Count == 0)
        {
            TellNodes(changes, policiesChange);
            return;
        }

        var left = events.Count;
        PersistAllAsync(events, written =>
        {
            TellWatchers(written);
            _eventsSinceSnapshot++;
            if (--left > 0)
                return;
            SaveSnapshotWhenDue();
            TellNodes(changes, policiesChange);
        });
    }

    private void Follow(NameChange change, List<NameChange> written)
    {
        if (change is { Added: true, Name.Durable: true })
            written.Add(change);
        else if (IsWritten(change.Name))
            written.Add(new NameChange(false, change.Name));
        _state.Apply(change);
    }

    private void AddChanges(CatalogueCommand command, List<NameChange> changes)
    {
        switch (command)
        {
            case RegisterName register:
                // Told to the nodes even if it is known: one of them may have found the exchange missing and dropped it.
                changes.Add(new NameChange(true, new CatalogueName(register.Kind, register.Name, register.Durable)));
                _unregistered?.Remove(new Destination(register.Kind, register.Name));
                break;
            case UnregisterName unregister:
                changes.Add(new NameChange(false, new CatalogueName(unregister.Kind, unregister.Name, Durable: false)));
                _unregistered?.Add(new Destination(unregister.Kind, unregister.Name));
                break;
            case ReclaimNames reclaim when _unregistered is not null:
                foreach (var name in reclaim.Names)
                {
                    var key = new Destination(name.Kind, name.Name);
                    if (!name.Durable && !_unregistered.Contains(key) && !_state.TryGet(key, out _))
                        changes.Add(new NameChange(true, name));
                }

                break;
        }
    }

    private bool IsWritten(CatalogueName name) => _state.TryGet(new Destination(name.Kind, name.Name), out var durable) && durable;
}

using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Exchanges;
using ActorBroker.Core.Names;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Sessions;

namespace ActorBroker.Broker.Exchanges;

// The hidden queue in which messages wait before they are routed: it comes before the exchange, and goes after it.
public sealed partial class ExchangeActor
{
    // An earlier incarnation may have asked too: its answers are nobody's.
    private long _stageRequest = Random.Shared.NextInt64(1L << 62);
    private string? _stageQuestion;

    private QueueKey StageKey => new(State.Key.VirtualHost, Stage.NameOf(State.Key.Name));

    /// <summary>One more answer to wait for, if exchanges of this definition have a stage.</summary>
    private void AskForStage(ExchangeDefinition definition, Origin origin, Action<Refusal?> onAnswer)
    {
        if (StageDefinition.KindOf(definition) is { } kind)
        {
            var queue = StageDefinition.Of(State.Key.Name, definition, kind);
            AskStage(id => new DeclareQueue(StageKey, id, queue, Passive: false, origin), onAnswer);
        }
    }

    /// <summary>One more answer to wait for, if exchanges of this definition have a stage. What waits in it goes, too.</summary>
    private void AskStageToGo(ExchangeDefinition definition, Origin origin, Action<Refusal?> onAnswer)
    {
        if (StageDefinition.KindOf(definition) is not null)
        {
            AskStage(id => new DeleteQueue(StageKey, id, IfUnused: false, IfEmpty: false, origin), onAnswer);
        }
    }

    private void AskStage(Func<long, NamedQueueCommand> question, Action<Refusal?> onAnswer)
    {
        var id = _answers.Ask((refusal, _) => onAnswer(refusal));
        var command = question(++_stageRequest);
        _stageQuestion = id;
        _answers.Tell(id, () => _settings.QueueRegion(Context.System).Tell(command, Self));
    }

    private void OnStageAnswered(QueueAnswered answer)
    {
        if (_stageQuestion is { } question && answer.RequestId == _stageRequest)
        {
            _stageQuestion = null;
            _answers.OnAnswer(question, answer.Refusal, isDurable: false);
        }
    }
}

using System.Text;
using ActorBroker.Core.Arguments;

namespace ActorBroker.Broker.Events;

/// <summary>
/// The headers of one event, with the types that RabbitMQ's plug-in gives to Erlang's values: every integer is a long, a
/// list an array, an AMQP table an array of its entries as Erlang prints them.
/// </summary>
internal sealed class EventHeaders
{
    // Clients write what becomes text here, and printing makes it many times larger: the headers of an event must fit into
    // a frame of those who read it.
    private const int TermCharactersMax = 32 * 1024;
    private const int CharactersMax = 1024;

    private readonly ArgumentTable.Builder _table = new();

    public EventHeaders Add(string name, string value) => Add(name, ArgumentValue.FromString(value));

    public EventHeaders Add(string name, bool value) => Add(name, ArgumentValue.FromBoolean(value));

    public EventHeaders Add(string name, long value) => Add(name, ArgumentValue.FromInt64(value));

    public EventHeaders Add(string name, IEnumerable<string> items) =>
        Add(name, ArgumentValue.FromArray([.. items.Select(ArgumentValue.FromString)]));

    public EventHeaders Add(string name, ArgumentTable value) => Add(name, ArgumentValue.FromTable(value));

    /// <summary>As many entries as have room, the first ones.</summary>
    public EventHeaders AddTerms(string name, ArgumentTable arguments)
    {
        var room = TermCharactersMax;
        return Add(name, arguments.ToTerms().TakeWhile(term => (room -= term.Length) >= 0));
    }

    /// <summary>A text that is a list of characters in Erlang arrives as one, without what is beyond reason of it.</summary>
    public EventHeaders AddCharacters(string name, string value) => Add(
        name,
        ArgumentValue.FromArray([.. value.EnumerateRunes().Take(CharactersMax).Select(static rune => ArgumentValue.FromInt64(rune.Value))]));

    public ArgumentTable Build() => _table.Build();

    private EventHeaders Add(string name, ArgumentValue value)
    {
        _table.Add(name, value);
        return this;
    }
}

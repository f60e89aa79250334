using System.Text;
using ActorBroker.Core.Sessions;
using ActorBroker.Protocols.Amqp091.Wire;

namespace ActorBroker.Protocols.Amqp091.Session;

/// <content>connection.update-secret, RabbitMQ's extension: a client renews its credentials without connecting anew.</content>
public sealed partial class Amqp091Connection
{
    private void UpdateSecret(ConnectionUpdateSecret update) =>
        _session.UpdateSecret(Encoding.UTF8.GetString(update.NewSecret), OnSecretUpdated);

    private void OnSecretUpdated(Refusal? refusal)
    {
        if (CloseState != ConnectionCloseState.Open)
            return;
        if (refusal is null)
        {
            // What the user may do can have changed with it.
            foreach (var channel in _channels.Values)
                channel.ForgetProperties();
            _output.WriteMethod(0, new ConnectionUpdateSecretOk());
            return;
        }

        FailConnection(
            ReplyCode.NotAllowed,
            refusal.Reason == RefusalReason.Unavailable ? "Secret update failed" : "New secret was refused by one of the backends",
            MethodId.ConnectionUpdateSecret);
    }
}

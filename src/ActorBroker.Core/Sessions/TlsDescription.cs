namespace ActorBroker.Core.Sessions;

/// <summary>What a client and the broker have agreed on to encrypt a connection, in RabbitMQ's words.</summary>
/// <param name="Protocol">Such as <c>tlsv1.3</c>.</param>
/// <param name="KeyExchange">Such as <c>ecdhe_rsa</c>; <c>any</c> where the version settles it.</param>
/// <param name="Cipher">Such as <c>aes_256_gcm</c>.</param>
/// <param name="Hash">Such as <c>sha384</c>; <c>aead</c> where the cipher does without.</param>
public sealed record TlsDescription(string Protocol, string KeyExchange, string Cipher, string Hash)
{
    /// <summary>Whom the client's certificate names; empty where it has shown none.</summary>
    public string PeerSubject { get; init; } = string.Empty;

    /// <summary>Who has signed the client's certificate.</summary>
    public string PeerIssuer { get; init; } = string.Empty;

    /// <summary>From when until when the client's certificate holds.</summary>
    public string PeerValidity { get; init; } = string.Empty;
}

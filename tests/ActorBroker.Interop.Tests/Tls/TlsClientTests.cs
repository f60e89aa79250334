using System.Diagnostics;
using ActorBroker.Interop.Tests.Hosting;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using Xunit;

namespace ActorBroker.Interop.Tests.Tls;

/// <summary>Clients of several makers over TLS, on one broker.</summary>
public sealed class TlsClientTests(TlsFixture fixture) : IClassFixture<TlsFixture>
{
    private static readonly string[] WhatScriptsPrint = ["received 0", "received 10", "received 20000", "received 1000000"];

    [Fact]
    public async Task RabbitMQ_Client_publishes_and_consumes_bodies_of_all_sizes()
    {
        await using var connection = await fixture.Broker.Factory().CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true));
        var queue = (await channel.QueueDeclareAsync()).QueueName;
        int[] sizes = [0, 1, 4_095, 16_384, 131_072, 3_000_000];
        foreach (var size in sizes)
        {
            await channel.BasicPublishAsync("", queue, Body(size));
        }

        foreach (var size in sizes)
        {
            var got = await channel.BasicGetAsync(queue, autoAck: true);
            Assert.Equal(Body(size), got!.Body.ToArray());
        }

        await connection.CloseAsync();
    }

    [Fact]
    public async Task The_plain_listener_serves_beside_it()
    {
        var plain = fixture.Broker.Process.Endpoint;
        await using var connection = await new ConnectionFactory { HostName = plain.Host, Port = plain.Port }.CreateConnectionAsync();
        Assert.True(connection.IsOpen);
    }

    [Fact]
    public async Task Pika_works_over_TLS() =>
        Assert.Equal(WhatScriptsPrint, await ScriptRunner.PythonAsync(fixture.Broker.Secure, "secure.py", environment: fixture.Broker.Environment));

    [Fact]
    public async Task Amqplib_works_over_TLS() =>
        Assert.Equal(WhatScriptsPrint, await ScriptRunner.NodeAsync(fixture.Broker.Secure, "secure.js", environment: fixture.Broker.Environment));

    [Theory]
    [InlineData("-tls1_2", "TLSv1.2")]
    [InlineData("-tls1_3", "TLSv1.3")]
    public async Task OpenSSL_agrees_on_each_version_and_trusts_the_certificate(string option, string version)
    {
        var output = await OpenSslAsync(option, "-verify_return_error", "-CAfile", fixture.Broker.Certificates.AuthorityFile);
        Assert.Contains("Verify return code: 0 (ok)", output, StringComparison.Ordinal);
        Assert.Contains(version, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Events_tell_how_a_connection_is_encrypted()
    {
        var plain = fixture.Broker.Process.Endpoint;
        await using var watcher = await new ConnectionFactory { HostName = plain.Host, Port = plain.Port }.CreateConnectionAsync();
        await using var channel = await watcher.CreateChannelAsync();
        var queue = (await channel.QueueDeclareAsync()).QueueName;
        await channel.QueueBindAsync(queue, "amq.rabbitmq.event", "connection.created");
        var told = new TaskCompletionSource<IDictionary<string, object?>>(TaskCreationOptions.RunContinuationsAsynchronously);
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += (_, delivery) =>
        {
            if (delivery.BasicProperties.Headers is { } headers && headers["ssl"] is true)
            {
                told.TrySetResult(headers);
            }

            return Task.CompletedTask;
        };
        await channel.BasicConsumeAsync(queue, autoAck: true, consumer);
        await using var connection = await fixture.Broker.Factory().CreateConnectionAsync();

        var happened = await told.Task.WaitAsync(BrokerFixture.Limit);
        Assert.Equal("tlsv1.3", Text(happened["ssl_protocol"]));
        Assert.Equal("any", Text(happened["ssl_key_exchange"]));
        Assert.Equal("aead", Text(happened["ssl_hash"]));
        Assert.Equal("", Text(happened["peer_cert_subject"]));
    }

    [Fact]
    public async Task What_speaks_no_TLS_is_disconnected()
    {
        using var client = new System.Net.Sockets.TcpClient();
        await client.ConnectAsync(fixture.Broker.Secure.Host, fixture.Broker.Secure.Port);
        await client.GetStream().WriteAsync("AMQP\0\0\u0009\u0001"u8.ToArray());
        using var limit = new CancellationTokenSource(BrokerFixture.Limit);
        var answer = new MemoryStream();
        try
        {
            await client.GetStream().CopyToAsync(answer, limit.Token);
        }
        catch (IOException)
        {
            // Reset: what was sent had not been read.
        }

        Assert.DoesNotContain("AMQP", System.Text.Encoding.ASCII.GetString(answer.ToArray()), StringComparison.Ordinal);
    }

    private static string Text(object? value) => System.Text.Encoding.UTF8.GetString(Assert.IsType<byte[]>(value));

    private static byte[] Body(int size) => [.. Enumerable.Range(0, size).Select(static i => (byte)(i * 31))];

    private async Task<string> OpenSslAsync(params string[] options)
    {
        string[] arguments = ["s_client", "-connect", fixture.Broker.Secure.ToString(), "-servername", "localhost", .. options];
        using var process = Process.Start(new ProcessStartInfo("openssl", arguments)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        })!;
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync().WaitAsync(BrokerFixture.Limit);
        await process.WaitForExitAsync();
        return output + await errors;
    }
}

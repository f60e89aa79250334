namespace ActorBroker.Broker.Audit;

/// <summary>
/// Records on their way to the audit stream, in two files of the node's data folder. A record is handed to the operating
/// system before the change that it tells of is answered, so that a process that is killed loses none; nobody waits for the
/// disk, so that a power cut may take those of the last moment. What the stream has is taken out again: written to is one
/// file, and the other once that is long and this is empty.
/// <para>Records are added by any thread; the rest is for one owner.</para>
/// </summary>
internal sealed class AuditSpool : IDisposable
{
    /// <summary>Bytes of a file beyond which the other one is used next.</summary>
    public const long LongFile = 256 * 1024;

    private static readonly string[] Names = ["audit-0.spool", "audit-1.spool"];

    private readonly Lock _lock = new();
    private readonly AuditSpoolFile[] _files;
    private readonly List<AuditMessage> _left = [];
    private int _current;
    private bool _isClosed;

    /// <summary>Opens the files of a folder.</summary>
    /// <param name="folder">A data folder that this process holds.</param>
    /// <exception cref="IOException">They cannot be used.</exception>
    /// <exception cref="UnauthorizedAccessException">They cannot be used.</exception>
    public AuditSpool(string folder)
    {
        List<AuditMessage> second = [];
        _files = [AuditSpoolFile.Open(Path.Combine(folder, Names[0]), _left), AuditSpoolFile.Open(Path.Combine(folder, Names[1]), second)];
        _current = _files[1].Epoch > _files[0].Epoch ? 1 : 0;
        _left.InsertRange(_current == 1 ? _left.Count : 0, second);
    }

    /// <summary>What a process before this one has left, in order.</summary>
    public IReadOnlyList<AuditMessage> Left => _left;

    /// <summary>Adds a record.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Add(AuditMessage message)
    {
        lock (_lock)
        {
            if (_isClosed)
            {
                return;
            }

            var other = 1 - _current;
            if (_files[_current].Length > LongFile && _files[other].Length == 0)
            {
                _current = other;
            }

            message.Spooled = _files[_current].Append(message, _files[1 - _current].Epoch + 1);
        }
    }

    /// <summary>Takes out what the stream has (<see cref="SpooledRecord.IsDone"/>).</summary>
    /// <exception cref="IOException">It cannot be written; it is tried again next time.</exception>
    public void Settle()
    {
        lock (_lock)
        {
            if (!_isClosed)
            {
                _files[0].Settle();
                _files[1].Settle();
            }
        }
    }

    /// <summary>Closes the files; what is in them stays. What is added from here on is not written.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _isClosed = true;
            _files[0].Dispose();
            _files[1].Dispose();
        }
    }
}

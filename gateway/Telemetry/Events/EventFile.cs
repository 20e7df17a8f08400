namespace Gateway.Telemetry.Events;

/// <summary>
/// An NDJSON file that is appended to and turned over by size: <c>events.ndjson</c> becomes <c>events.ndjson.1</c>, that <c>.2</c>, and
/// so on; the oldest is deleted. Lines are never cut: a batch goes whole into one file.
/// </summary>
/// <remarks>
/// One writer at a time. A file that another program deletes or moves away is made anew with the next batch. A batch that fails half way, as on
/// a full disk, is taken back, so that what is written after it begins on a line of its own.
/// </remarks>
/// <param name="path">The current file.</param>
/// <param name="maxBytes">Size that a batch may not bring the file above, unless the file is empty.</param>
/// <param name="count">Files that are kept, the current one included.</param>
/// <param name="write">How a batch is written; a test makes it fail as a disk does.</param>
internal sealed class EventFile(
    string path, long maxBytes, int count, Func<FileStream, ReadOnlyMemory<byte>, CancellationToken, ValueTask>? write = null) : IAsyncDisposable
{
    private readonly Func<FileStream, ReadOnlyMemory<byte>, CancellationToken, ValueTask> _write = write ?? ((stream, lines, cancel) => stream.WriteAsync(lines, cancel));
    private FileStream? _stream;

    /// <summary>Opens the file now, so that a path that cannot be written is found at start and not with the first event.</summary>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">The file or its folder may not be written.</exception>
    public void Open()
    {
        if (_stream is not null) return;
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { Length: > 0 } folder) Directory.CreateDirectory(folder);
        _stream = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, useAsync: true);
    }

    /// <summary>Appends whole lines.</summary>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> lines, CancellationToken cancel)
    {
        if (_stream is not null && !File.Exists(path)) await CloseAsync();
        Open();
        if (_stream!.Length > 0 && _stream.Length + lines.Length > maxBytes) await TurnOverAsync();
        var whole = _stream!.Length;
        try
        {
            await _write(_stream, lines, cancel);
        }
        catch (IOException)
        {
            _stream.SetLength(whole);
            throw;
        }
    }

    /// <summary>Lets go of the file; the next write opens it again.</summary>
    public async ValueTask CloseAsync()
    {
        if (_stream is not { } stream) return;
        _stream = null;
        await stream.DisposeAsync();
    }

    public ValueTask DisposeAsync() => CloseAsync();

    private async ValueTask TurnOverAsync()
    {
        await CloseAsync();
        if (count == 1)
        {
            File.Delete(path);
        }
        else
        {
            for (var age = count - 1; age > 0; age--)
            {
                var from = age == 1 ? path : $"{path}.{age - 1}";
                if (File.Exists(from)) File.Move(from, $"{path}.{age}", overwrite: true);
            }
        }

        Open();
    }
}

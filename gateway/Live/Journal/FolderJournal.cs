using System.Collections.Concurrent;
using System.Globalization;
using Gateway.Live.Keys;
using Gateway.Live.Storage;
using Gateway.Live.Timeline;

namespace Gateway.Live.Journal;

/// <summary>
/// A file of lines for each session, for one gateway: each line is flushed to the disk before its append ends. A last line that was cut, as by a loss of power, was confirmed to nobody; it is
/// taken away before the next one is written.
/// </summary>
internal sealed class FolderJournal(string root) : ILiveJournal
{
    private const string Suffix = ".jsonl";
    private const string ClosedSuffix = ".closed";
    private const byte LineEnd = (byte)'\n';

    private readonly string _folder = Path.Combine(root, "journal");

    // An end is for good, and no other process notes one here: each is read once, however often a week of sessions is listed.
    private readonly ConcurrentDictionary<string, DateTimeOffset> _closed = new(StringComparer.Ordinal);
    private bool _isTidy;

    public bool IsShared => false;

    public async Task CreateAsync(LiveSessionHeader header, CancellationToken stopping)
    {
        var path = PathOf(header.Id);
        // From now on a file without a whole line may be one that is just being written.
        _isTidy = true;
        DurableFile.CreateFolder(Path.GetFullPath(_folder));
        if (File.Exists(path)) throw new IOException("There is a live session of this name already.");
        try
        {
            await WriteLineAsync(path, RecordJson.Write(header), FileMode.CreateNew, stopping);
            DurableFile.FlushFolder(_folder);
        }
        catch (IOException)
        {
            // Nobody was told of it: without a header it is no journal, and with one it would be a session that nobody has.
            File.Delete(path);
            throw;
        }
    }

    public async Task<LiveSessionHeader?> FindAsync(string session, CancellationToken stopping) =>
        await LinesAsync(session, stopping) is [var first, ..] ? RecordJson.ReadHeader(first) : null;

    public async Task<IReadOnlyList<LiveRecord>> ReadAsync(string session, int after, CancellationToken stopping) =>
        await LinesAsync(session, stopping) is { } lines ? [.. lines.Skip(1 + after).Select(RecordJson.ReadRecord)] : [];

    public async Task<IReadOnlyList<LiveRecord>> AppendAsync(string session, LiveRecord record, int after, CancellationToken stopping)
    {
        await WriteLineAsync(PathOf(session), RecordJson.Write(record), FileMode.Open, stopping);
        return [record];
    }

    public async Task<IReadOnlyList<(string Session, DateTimeOffset? ClosedAt)>> ListAsync(CancellationToken stopping)
    {
        if (!Directory.Exists(_folder)) return [];
        if (!_isTidy) await TidyAsync(stopping);
        var all = new List<(string, DateTimeOffset?)>();
        foreach (var path in Directory.EnumerateFiles(_folder, $"*{Suffix}"))
        {
            var session = Path.GetFileNameWithoutExtension(path);
            all.Add((session, _closed.TryGetValue(session, out var at) ? at : await ReadCloseAsync(session, stopping)));
        }

        return all;
    }

    public async Task CloseAsync(string session, DateTimeOffset at, CancellationToken stopping)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, session + ClosedSuffix), at.UtcTicks.ToString(CultureInfo.InvariantCulture), stopping);
        _closed[session] = at.ToUniversalTime();
    }

    public Task DeleteAsync(string session, CancellationToken stopping)
    {
        File.Delete(PathOf(session));
        File.Delete(Path.Combine(_folder, session + ClosedSuffix));
        _closed.TryRemove(session, out _);
        return Task.CompletedTask;
    }

    public Task<bool> TryClaimAsync(string session, int index, TimeSpan lease, CancellationToken stopping) => Task.FromResult(true);

    private async Task<DateTimeOffset?> ReadCloseAsync(string session, CancellationToken stopping)
    {
        var mark = Path.Combine(_folder, session + ClosedSuffix);
        if (!File.Exists(mark)) return null;
        if (!long.TryParse(await File.ReadAllTextAsync(mark, stopping), NumberStyles.None, CultureInfo.InvariantCulture, out var ticks) || ticks > DateTime.MaxValue.Ticks) return null;
        var at = new DateTimeOffset(ticks, TimeSpan.Zero);
        // Whoever notes the end at this moment knows it better than half a file.
        _closed.TryAdd(session, at);
        return at;
    }

    /// <summary>
    /// Deletes what a lost process has left between two steps, before anybody else writes: files whose first line never became whole, of which nobody was told, and marks of sessions that are deleted.
    /// </summary>
    private async Task TidyAsync(CancellationToken stopping)
    {
        foreach (var path in Directory.GetFiles(_folder))
        {
            try
            {
                if (Path.GetExtension(path) switch { Suffix => !await HasLineAsync(path, stopping), ClosedSuffix => !File.Exists(Path.ChangeExtension(path, Suffix)), _ => false }) File.Delete(path);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It stays; one that cannot be read is told by whoever wants to read it.
            }
        }

        _isTidy = true;
    }

    private static async Task<bool> HasLineAsync(string path, CancellationToken stopping)
    {
        var block = new byte[4 << 10];
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 0, useAsync: true);
        while (await file.ReadAsync(block, stopping) is > 0 and var read)
        {
            if (block.AsSpan(0, read).Contains(LineEnd)) return true;
        }

        return false;
    }

    private string PathOf(string session) => StreamChunkKey.IsSessionId(session) ? Path.Combine(_folder, session + Suffix) : throw new IOException("This is no name of a live session.");

    private async Task<List<ReadOnlyMemory<byte>>?> LinesAsync(string session, CancellationToken stopping)
    {
        byte[] all;
        try
        {
            all = await File.ReadAllBytesAsync(PathOf(session), stopping);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }

        var lines = new List<ReadOnlyMemory<byte>>();
        for (var at = 0; at < all.Length;)
        {
            var length = all.AsSpan(at).IndexOf(LineEnd);
            if (length < 0) break;
            lines.Add(all.AsMemory(at, length));
            at += length + 1;
        }

        return lines;
    }

    private static async Task WriteLineAsync(string path, byte[] line, FileMode mode, CancellationToken stopping)
    {
        try
        {
            await using var file = new FileStream(path, mode, FileAccess.ReadWrite, FileShare.Read, 1, useAsync: false);
            await Task.Run(() => Append(file, line), stopping);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException("The journal of a live session may not be written.", e);
        }
    }

    private static void Append(FileStream file, byte[] line)
    {
        var end = file.Length;
        if (end > 0 && LastByte(file, end) != LineEnd)
        {
            do end--;
            while (end > 0 && LastByte(file, end) != LineEnd);
            file.SetLength(end);
        }

        file.Position = end;
        try
        {
            file.Write([.. line, LineEnd]);
            file.Flush(flushToDisk: true);
        }
        catch (IOException)
        {
            // A full disk may have taken half of it, which nobody may read as a record.
            file.SetLength(end);
            throw;
        }
    }

    private static int LastByte(FileStream file, long length)
    {
        file.Position = length - 1;
        return file.ReadByte();
    }
}

using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Gateway.Caching.Fetching;
using Gateway.Caching.Store;
using Gateway.Connections.Sending;
using Gateway.Media;
using Gateway.Origin;

namespace Gateway.Caching.Slices;

/// <summary>
/// A reply over a large file: it holds a lease on one slice at a time and opens the next one as it is read on. The first slice tells the version of the file;
/// when a later one is of another version, the reply breaks rather than mix them. When a slice is read past its middle, the next one is
/// prefetched, but never beyond the requested range.
/// </summary>
internal sealed class SlicedReply : CacheReply
{
    private readonly SlicedFiles _files;
    private readonly CacheParts _parts;
    private readonly CacheRequest _request;
    private readonly FileVersion _version;
    private readonly TimeSpan _opened;
    private readonly TimeSpan _age;
    private readonly TimeSpan? _freshFor;
    private CacheReply? _slice;
    private long _number;
    private long _ahead;
    private int _disposed;

    /// <param name="number">Number of the slice that is open already.</param>
    /// <param name="slice">Its reply, which this reply owns from now on.</param>
    /// <param name="range">Its Content-Range.</param>
    [SetsRequiredMembers]
    public SlicedReply(SlicedFiles files, CacheParts parts, CacheRequest request, long number, CacheReply slice, ContentRange range)
    {
        _files = files;
        _parts = parts;
        _request = request;
        _slice = slice;
        _number = _ahead = number;
        _version = FileVersion.Of(slice.Head, range);
        _opened = parts.Now;
        _age = slice.Age;
        _freshFor = slice.FreshFor;
        Result = slice.Result;
        Pass = slice.Pass;
        Forward = slice.Forward;
        ForwardStatus = slice.ForwardStatus;
        Tries = slice.Tries;
        Stored = slice.Stored;
        Collapsed = slice.Collapsed;
        WasPrefetched = slice.WasPrefetched;
        FromDisk = slice.FromDisk;
        FinalUrl = slice.FinalUrl;
        Head = HeadOfTheWhole(slice.Head, range.Complete);
    }

    public override ResponseHead Head { get; }

    public override long? Length => _version.Length;

    public override bool IsComplete => false;

    public override TimeSpan Age => _age + (_parts.Now - _opened);

    public override TimeSpan? FreshFor => _freshFor - (_parts.Now - _opened);

    public override string FinalUrl { get; }

    public override bool BytesStay => false;

    /// <summary>What was derived from the open slice.</summary>
    public override object? Derived => _slice?.Derived;

    public override ValueTask<ReadOnlyMemory<byte>> ReadAsync(long position, CancellationToken leaving)
    {
        if (position >= _version.Length) return default;
        var number = position / SlicedFiles.SliceBytes;
        if (number != _number || _slice is null) return ReadNextAsync(number, position, leaving);
        ReadAhead(position);
        var read = _slice.ReadAsync(position % SlicedFiles.SliceBytes, leaving);
        return read.IsCompletedSuccessfully ? new ValueTask<ReadOnlyMemory<byte>>(NotEmpty(read.Result)) : WaitAsync(read);
    }

    /// <summary>A lease on the open slice: it outlives the move to the next one.</summary>
    public override bool TryLend(out ByteLease lease) => _slice is { } slice ? slice.TryLend(out lease) : base.TryLend(out lease);

    public override void LimitFreshness(TimeSpan lifetime) => _slice?.LimitFreshness(lifetime);

    public override bool TryKeepDerived(object derived, long bytes) => _slice?.TryKeepDerived(derived, bytes) ?? false;

    /// <summary>Gives the lease back. It may come while a slice is being opened, when the client has left: whichever of the two comes second releases that slice.</summary>
    public override void Dispose()
    {
        Interlocked.Exchange(ref _disposed, 1);
        Interlocked.Exchange(ref _slice, null)?.Dispose();
    }

    private async ValueTask<ReadOnlyMemory<byte>> ReadNextAsync(long number, long position, CancellationToken leaving)
    {
        _slice?.Dispose();
        _slice = null;
        _number = number;
        var slice = await _files.OpenSliceAsync(_request, number, _version, leaving);
        if (slice.WasHeld && !IsOfThisVersion(slice, number))
        {
            // A stored slice of the changed file does not tell whether the file has changed once more.
            slice.Dispose();
            _files.Forget(_request);
            slice = await _files.OpenSliceAsync(_request, number, _version, leaving);
        }

        if (slice.Failure is { } failure)
        {
            slice.Dispose();
            throw new BrokenBodyException(failure);
        }

        if (!IsOfThisVersion(slice, number))
        {
            slice.Dispose();
            _files.Forget(_request);
            throw new BrokenBodyException(OriginFailure.Protocol);
        }

        Interlocked.Exchange(ref _slice, slice);
        if (Volatile.Read(ref _disposed) != 0)
        {
            Interlocked.Exchange(ref _slice, null)?.Dispose();
            throw new ObjectDisposedException(nameof(SlicedReply));
        }

        return NotEmpty(await slice.ReadAsync(position % SlicedFiles.SliceBytes, leaving));
    }

    private bool IsOfThisVersion(CacheReply slice, long number) =>
        slice.Head.Status == 206
        && ContentRange.TryParse(slice.Head["Content-Range"], out var range)
        && SlicedFiles.IsSlice(range, number)
        && FileVersion.Of(slice.Head, range) == _version;

    private static async ValueTask<ReadOnlyMemory<byte>> WaitAsync(ValueTask<ReadOnlyMemory<byte>> read) => NotEmpty(await read);

    /// <summary>A slice that ends before its Content-Range does is a broken one.</summary>
    private static ReadOnlyMemory<byte> NotEmpty(ReadOnlyMemory<byte> bytes) =>
        bytes.IsEmpty ? throw new BrokenBodyException(OriginFailure.Protocol) : bytes;

    private void ReadAhead(long position)
    {
        var next = _number + 1;
        // Without storage the next slice would be fetched twice: once ahead, in vain, and once more when it is read.
        if (_slice!.Pass != PassReason.None || (_request.Rules.UpstreamSeesAsker && !(_freshFor > TimeSpan.Zero))) return;
        if (_ahead >= next || position % SlicedFiles.SliceBytes < SlicedFiles.SliceBytes / 2) return;
        var end = Math.Min(_version.Length, _request.Range?.End ?? ByteRange.ToEnd);
        if (next * SlicedFiles.SliceBytes >= end) return;
        _ahead = next;
        _files.ReadAhead(_request, next, _version);
    }

    /// <summary>The head that the whole file would have had.</summary>
    internal static ResponseHead HeadOfTheWhole(ResponseHead slice, long length)
    {
        var fields = new List<HeaderLine>(slice.Fields.Length);
        foreach (ref readonly var field in slice.Fields)
        {
            if (!field.Is("Content-Range") && !field.Is("Content-Length")) fields.Add(field);
        }

        fields.Add(new HeaderLine("Content-Length", length.ToString(CultureInfo.InvariantCulture)));
        return new ResponseHead(200, [.. fields]);
    }
}

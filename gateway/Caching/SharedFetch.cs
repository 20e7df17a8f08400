using Gateway.Origin;

namespace Gateway.Caching;

/// <summary>
/// One fetch for many readers. Three verbs: <see cref="Start"/>, <see cref="Join"/>, leave (a <see cref="BodyReader"/>'s Dispose).
/// <para>
/// The fetch runs on its own, on a token of its own: the request that started it is merely its first reader. A reader that leaves ends its own reading and nothing else;
/// when the last one leaves, the fetch lingers for a while (see <see cref="LingeringFetches"/>) and is then cancelled, unless somebody came back, most of a kept body is in,
/// or it was started ahead of demand. Everybody who waits learns a named ending from <see cref="Head"/>, exactly once, and everybody who reads learns the body's end from
/// the body.
/// </para>
/// <para>
/// What broke is never on the shelf: an entry leaves it before its readers learn of the break. A new request that comes between sees the broken body refuse its join,
/// and starts over.
/// </para>
/// </summary>
internal sealed partial class SharedFetch
{
    private readonly CellarParts _parts;
    private readonly Shelf _waitedAt;
    private CellarEntry? _confirms;
    private readonly FetchTerms _terms;
    private readonly CancellationTokenSource _cancel;
    private readonly CancellationToken _stopping;
    private readonly TaskCompletionSource<FetchHead> _head = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TimeSpan _waitedSince;
    private Shelf _shelf;
    private CellarEntry? _entry;
    private int _tries;
    private volatile bool _kept;
    private volatile bool _abandoned;
    private PrefetchEnding _givenUpAs = PrefetchEnding.GivenUp;

    /// <param name="confirms">A stale entry to be confirmed, on whose body the caller holds a lease; the fetch takes the lease over.</param>
    /// <param name="stopping">The cellar is closing: ends every fetch.</param>
    public SharedFetch(CellarParts parts, Shelf shelf, MediaRequest request, CellarEntry? confirms, FetchTerms terms, CancellationToken stopping)
    {
        _parts = parts;
        _shelf = _waitedAt = shelf;
        _confirms = confirms;
        _terms = terms;
        _stopping = stopping;
        _cancel = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        Request = request;
        AskedIn = shelf.Generation;
        _waitedSince = parts.Now;
        Body = new MediaBody(parts.Pool, parts.Budget, parts.Clock, parts.Options.StreamWindowBytes) { Deserted = OnDeserted };
    }

    /// <summary>What is fetched; becomes the whole object when upstream answers with that where a slice was asked.</summary>
    public MediaRequest Request { get; private set; }

    public MediaBody Body { get; }

    /// <summary>The shelf's generation when upstream was asked.</summary>
    public int AskedIn { get; private set; }

    /// <summary>What came, as soon as that is known. Never faults.</summary>
    public Task<FetchHead> Head => _head.Task;

    /// <summary>Nobody waits for it: it goes on without readers.</summary>
    private bool Unattended => !_abandoned && _terms.HasFlag(FetchTerms.Unattended);

    private bool Ahead => _terms.HasFlag(FetchTerms.Ahead);

    /// <summary>Ends, never faulted, when the fetch has let go of everything.</summary>
    public Task Over => _over.Task;

    /// <summary>The starter's place.</summary>
    public BodyReader Join() => Body.TryJoin() ?? throw new InvalidOperationException("Nobody gives up what has not begun.");

    /// <summary>
    /// A place for somebody who waits for the head as well; called under the gate of the shelf on which it waits. Null when the fetch is over or being given up, or when those
    /// who wait have done so for as long as a follower does: the next one starts another.
    /// </summary>
    /// <param name="takesOver">Nobody was waiting. Whoever comes then waits as the starter would, and others wait with it as for a fetch begun now: it can only be nearer to its answer.</param>
    public BodyReader? JoinUnderGate(TimeSpan now, out bool takesOver)
    {
        takesOver = !Body.IsRead;
        if (!takesOver && now - _waitedSince >= _parts.Options.FollowerWait) return null;
        if (Body.TryJoin() is not { } reader) return null;
        if (takesOver) _waitedSince = now;
        return reader;
    }

    /// <summary>Runs the fetch. It reports through <see cref="Head"/> and <see cref="Body"/>; the returned task is for who must know that everything was let go.</summary>
    public async Task Start()
    {
        try
        {
            await RunAsync();
        }
        catch (OperationCanceledException) when (_cancel.IsCancellationRequested)
        {
            End(_stopping.IsCancellationRequested ? OriginFailure.Stopping : OriginFailure.Cancelled);
        }
        catch (OriginBrokenException e)
        {
            Log.BodyBroke(_parts.Log, Request.Address, Body.Available, e.Failure);
            End(e.Failure);
        }
        catch (Exception e)
        {
            Log.FetchFailed(_parts.Log, Request.Address, e);
            End(OriginFailure.Protocol);
        }
        finally
        {
            _confirms?.Body.Release();
            // Whoever holds on to this fetch must not hold what it replaced.
            _confirms = null;
            Body.Release();
            _parts.Lingering.Forget(this);
            _cancel.Dispose();
            _over.SetResult();
        }
    }

    private async Task RunAsync()
    {
        // What a 304 said is not about what is held: then that is of no use, and the second answer has to be a whole.
        if (!await TryAskAsync(_confirms)) await TryAskAsync(null);
    }

    /// <summary>Asks upstream and takes what comes; false when the answer confirms something else than what it was asked to.</summary>
    private async Task<bool> TryAskAsync(CellarEntry? confirms)
    {
        var asked = _parts.Clock.GetUtcNow();
        await using var reply = await _parts.Fetch(ToOrigin(confirms), _cancel.Token);
        _tries += reply.Tries;
        var answered = _parts.Clock.GetUtcNow();
        var broken = !reply.Answered || reply.Head.Status is 500 or 502 or 503 or 504;
        if (broken && confirms is { } held && held.MayServeOnErrorAt(_parts.Now))
        {
            Announce(new FetchHead(FetchEnding.StaleIfError, held, PassReason.None, reply.Head?.Status, reply.Failure));
            Body.Break(reply.Failure ?? OriginFailure.Unreachable);
            return true;
        }

        if (!reply.Answered)
        {
            End(reply.Failure.GetValueOrDefault());
            return true;
        }

        if (reply.Head.Status == 304 && confirms is not null && Storability.HasValidator(confirms.Head))
            return Confirm(confirms, reply.Head, asked, answered);

        if (Request.HeadOnly && reply.Head.Status == 200) Freshen(reply.Head, asked, answered);
        var length = Request.HeadOnly ? 0 : ContentRange.BodyLength(reply.Head, reply.Length);
        await TakeAsync(reply, reply.Head, length, asked, answered);
        var pour = new Pour(_parts, Request, Body, reply, length, Unkeep);
        await pour.RunAsync(_cancel.Token);
        if (Ahead) Land(_entry!);
        if (Request.HeadOnly || await pour.EndsAsync(_cancel.Token)) return true;
        LeaveShelf();
        if (Ahead) EndWait(PrefetchEnding.Failed);
        return true;
    }

    private OriginRequest ToOrigin(CellarEntry? confirms) => new()
    {
        Address = Request.Address,
        Purpose = Request.Purpose,
        HeadOnly = Request.HeadOnly,
        Range = Request.Slice != CellarKey.Whole || CacheDirectives.OfRequest(Request.Fields).NoStore ? Request.Range : null,
        IfRange = Request.IfRange,
        IfNoneMatch = confirms?.Head["ETag"],
        IfModifiedSince = confirms?.Head["Last-Modified"],
        Fields = Request.Fields,
        FirstByteLimit = Request.Patience,
        Verbatim = Request.Verbatim,
        GivesUp = IsNotWorthAnotherTry,
    };

    /// <summary>Decides what becomes of a response, lays its body out and tells who waits.</summary>
    private async Task TakeAsync(OriginReply reply, ResponseHead head, long? length, DateTimeOffset asked, DateTimeOffset answered)
    {
        if (Request.Slice != CellarKey.Whole && SlicedFiles.WholeOf(head) is { } whole)
        {
            head = whole;
            Request = Request.ForTheWhole();
            MoveTo(_parts.ShelfOf(CellarKey.Of(Request)));
        }

        var freshness = Freshness.Of(head, head, Request.Rules, _parts.Options, asked, answered);
        var directives = CacheDirectives.OfRequest(Request.Fields);
        var reason = Storability.Judge(Request, directives, head, freshness);
        // What is not there yet must not be kept as such: the player comes later, and would have been told otherwise.
        var tooEarly = Ahead && head.Status is not (>= 200 and <= 299);
        if (tooEarly && reason == PassReason.None) reason = PassReason.Status;
        if (reason == PassReason.None) reason = await Admission.AdmitAsync(_parts, Request, Body, length, Ahead);
        _entry = new CellarEntry(_shelf.Key, head, reply.FinalUrl, VaryKey.Of(head, Request.Fields), freshness, _parts.Now, Body, Ahead)
        {
            Title = Request.TitleOrDirectory,
        };

        var ending = FetchEnding.Kept;
        if (reason == PassReason.None)
        {
            _kept = true;
            if (!TryShelve(_entry))
            {
                // The body is laid out to be kept and may be read by all who waited; it just does not stay.
                _kept = false;
                reason = PassReason.NoRoom;
                ending = FetchEnding.Shared;
            }
        }
        else
        {
            ending = Storability.MayShareUnkept(reason, Request.Rules, head) ? FetchEnding.Shared : FetchEnding.StarterOnly;
            if (ending == FetchEnding.Shared)
            {
                Admission.Share(_parts, Body, length);
            }
            else
            {
                Body.LayWindow(length);
                if (!tooEarly) _shelf.MarkPass(_parts.Now + PassMark);
            }
        }

        Announce(new FetchHead(ending, _entry, reason, head.Status));
        if (_kept) return;
        // Fetched ahead, or for somebody who left, and whoever comes may not have it: there is no sense in going on.
        if (Unattended) _givenUpAs = reason == PassReason.NoRoom ? PrefetchEnding.GivenUp : PrefetchEnding.Failed;
        GiveUpIfDeserted();
    }

    /// <summary>Puts the entry up; false when the budget has no room for it.</summary>
    private bool TryShelve(CellarEntry entry)
    {
        var displaced = _shelf.Put(entry, _parts.Budget, AskedIn, out var put);
        if (!put && _shelf.IsClosed)
        {
            // A shelf on which nobody waits is swept away while it is empty, as during a fetch that is not shared.
            MoveTo(_parts.ShelfOf(_shelf.Key));
            displaced = _shelf.Put(entry, _parts.Budget, AskedIn, out put);
        }

        if (displaced is not null) _parts.EndWait(displaced, PrefetchEnding.Wasted);
        return put;
    }

    /// <summary>Goes on at another shelf; what was declared outdated where it began stays so.</summary>
    private void MoveTo(Shelf other)
    {
        AskedIn = AskedIn == _shelf.Generation ? other.Generation : -1;
        _shelf = other;
    }

    /// <summary>How long a key whose answers are for their asker alone is not waited for. Long enough that a busy one is not serialised, short enough to notice a change.</summary>
    private static readonly TimeSpan PassMark = TimeSpan.FromSeconds(10);

    /// <summary>The body outgrew what is kept: it goes on as a stream for those who read it.</summary>
    private void Unkeep()
    {
        _kept = false;
        if (_entry is { } entry) _shelf.Remove(entry, _parts.Budget);
        _shelf.MarkPass(_parts.Now + PassMark);
        if (Unattended) _givenUpAs = PrefetchEnding.Failed;
        GiveUpIfDeserted();
    }

    private void Announce(FetchHead head)
    {
        _waitedAt.Settle(this);
        _head.TrySetResult(head with { Tries = _tries });
    }

    private void End(OriginFailure failure)
    {
        LeaveShelf();
        if (Ahead) EndWait(failure is OriginFailure.Cancelled or OriginFailure.Stopping ? _givenUpAs : PrefetchEnding.Failed);
        _head.TrySetResult(new FetchHead(FetchEnding.Failed, null, PassReason.None, null, failure) { Tries = _tries });
        Body.Break(failure);
    }

    private void LeaveShelf()
    {
        _waitedAt.Settle(this);
        if (_entry is { } entry) _shelf.Remove(entry, _parts.Budget);
    }

    private static partial class Log
    {
        [LoggerMessage(3001, LogLevel.Warning, "The body of '{Address}' broke after {Bytes} bytes: {Failure}.", EventName = nameof(BodyBroke))]
        public static partial void BodyBroke(ILogger log, MediaAddress address, long bytes, OriginFailure failure);

        [LoggerMessage(3002, LogLevel.Error, "The fetch of '{Address}' ended unexpectedly.", EventName = nameof(FetchFailed))]
        public static partial void FetchFailed(ILogger log, MediaAddress address, Exception exception);
    }
}

using Gateway.Caching.Disk;
using Gateway.Caching.Eviction;
using Gateway.Caching.Outages;
using Gateway.Caching.Policy;
using Gateway.Caching.Slices;
using Gateway.Caching.Store;
using Gateway.Origin;

namespace Gateway.Caching.Fetching;

/// <content>The request upstream, and what becomes of the response.</content>
internal sealed partial class SharedFetch
{
    /// <summary>How long requests for a key are not coalesced after a personal response. Long enough that a busy key is not serialised, short enough to notice a change.</summary>
    private static readonly TimeSpan PassMark = TimeSpan.FromSeconds(10);

    private async Task RunAsync()
    {
        _askedDisk = _parts.Disk?.Ask() ?? 0;
        if (await TryAnswerFromDiskAsync()) return;
        if (_terms.HasFlag(FetchTerms.HeldOnly))
        {
            End(OriginFailure.Cancelled);
            return;
        }

        // The 304 was not about the stored response: then that is of no use, and the second request goes without a condition.
        if (!await TryAskAsync(_confirms)) await TryAskAsync(null);
    }

    /// <summary>Sends the request upstream and takes the response; false when a 304 confirms something else than the stored response.</summary>
    private async Task<bool> TryAskAsync(CacheEntry? confirms)
    {
        var asked = _parts.Clock.GetUtcNow();
        await using var reply = await _parts.Fetch(ToOrigin(confirms), _cancel.Token);
        _tries += reply.Tries;
        if (OutageSigns.IsAlive(reply)) _parts.Outages?.Answered(Request, isByUpstream: !reply.IsFromPeer);
        var answered = _parts.Clock.GetUtcNow();
        var broken = !reply.Answered || reply.Head.Status is 500 or 502 or 503 or 504;
        if (broken && confirms is { } held && held.MayServeOnErrorAt(_parts.Now))
        {
            Announce(FetchEnding.StaleIfError, held, PassReason.None, reply.Head?.Status, reply.Failure);
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
        if (await TryTakeAsync(reply, reply.Head, length, asked, answered)) await PumpAsync(reply, length);
        else End(OriginFailure.Cancelled);
        return true;
    }

    private async Task PumpAsync(OriginReply reply, long? length)
    {
        var bodyPump = new BodyPump(_parts, Request, Body, reply, length, Outgrow, TellStarter);
        if (!await bodyPump.TryRunAsync(_cancel.Token))
        {
            // The fetch was given up during its last read.
            End(OriginFailure.Cancelled);
            return;
        }

        if (IsAhead) Land(_entry!);
        if (Request.HeadOnly || await bodyPump.EndsAsync(_cancel.Token))
        {
            if (_entry!.Disk is { } use) _parts.Disk?.Landed(_entry, use, _parts.Now);
            return;
        }

        LeaveSlot();
        if (IsAhead) EndWait(PrefetchEnding.Failed);
    }

    /// <summary>
    /// A file that grows is wanted from beyond the end that is known here. Another gateway may know the same end, and would confirm it in good faith: only upstream can tell of a new one.
    /// </summary>
    private bool GoesBeyondWhatIsHeld => _confirms is { } held && Reuse.EndsBefore(Request, held, _parts.Now);

    private OriginRequest ToOrigin(CacheEntry? confirms) => new()
    {
        Address = Request.Address,
        Title = Request.Title,
        Purpose = Request.Purpose,
        HeadOnly = Request.HeadOnly,
        Range = Request.Slice != CacheKey.Whole || CacheDirectives.OfRequest(Request.Fields).NoStore ? Request.Range : null,
        IfRange = Request.IfRange,
        IfNoneMatch = confirms?.Head["ETag"],
        IfModifiedSince = confirms?.Head["Last-Modified"],
        Fields = Request.Fields,
        FirstByteLimit = Request.Patience,
        Urgency = _urgency,
        Start = Request.Start,
        Verbatim = Request.Verbatim,
        IsPublished = Request is { Rules.KeptByDefault: true, Fields.Length: 0, Partition: "", Verbatim: false } && !GoesBeyondWhatIsHeld,
        GivesUp = IsNotWorthAnotherTry,
        Effort = _terms.HasFlag(FetchTerms.HeldElsewhere) ? FetchEffort.HeldElsewhere : _terms.HasFlag(FetchTerms.Once) ? FetchEffort.Once : FetchEffort.Full,
    };

    /// <summary>Decides whether a response is stored, shared or passed, lays its body out and announces the head; false when the fetch was given up meanwhile.</summary>
    private async Task<bool> TryTakeAsync(OriginReply reply, ResponseHead head, long? length, DateTimeOffset asked, DateTimeOffset answered)
    {
        // A client that asks for a byte of a film must not cause a fetch of the whole that nobody reads.
        var endsBefore = length is { } end && IsBehind(end) ? length : null;
        var isMoreThanAsked = Request.Range is not null && head.Status == 200 && length is null or > SlicedFiles.SliceBytes;
        if (Request.Slice != CacheKey.Whole && SlicedFiles.WholeOf(head) is { } whole)
        {
            head = whole;
            Request = Request.ForTheWhole();
            MoveTo(_index.FindOrAdd(CacheKey.Of(Request)));
        }

        var freshness = Freshness.Of(head, head, Request.Rules, _parts.Options, asked, answered);
        var reason = Storability.Judge(Request, CacheDirectives.OfRequest(Request.Fields), head, freshness);
        // A prefetch that came too early must not store upstream's error: the player comes later, when the object exists.
        var isTooEarly = IsAhead && head.Status is not (>= 200 and <= 299);
        if (isTooEarly && reason == PassReason.None) reason = PassReason.Status;
        // Room to spare is well used for a second copy: it is what is left when the other gateway dies.
        if (reply.IsHeldByPeer && reason == PassReason.None && _parts.Budget.Pressure != CachePressure.Normal) reason = PassReason.HeldByPeer;
        if (reason == PassReason.None) reason = await CacheAdmission.AdmitAsync(_parts, Request, Body, length, IsAhead && !_urgency.IsDemanded);
        var isLaidOut = reason == PassReason.None;
        var entry = new CacheEntry(_cacheSlot.Key, head, reply.FinalUrl, VaryKey.Of(head, Request.Fields), freshness, _parts.Now, Body, IsAhead)
        {
            Title = Request.TitleOrDirectory,
        };
        if (endsBefore is { } there) entry.ConfirmEnd(_parts.Now, there);
        Volatile.Write(ref _entry, entry);
        if (isLaidOut && !TryStore(entry)) reason = PassReason.NoSpace;
        if (reason == PassReason.None) _parts.Disk?.Stored(Request, entry, _askedDisk);

        var ending = reason == PassReason.None ? FetchEnding.Kept
            : isTooEarly ? FetchEnding.TooEarly
            : Storability.MayShareUnkept(reason, Request.Rules, head) ? FetchEnding.Shared
            : FetchEnding.StarterOnly;
        if (!isLaidOut && ending == FetchEnding.Shared) CacheAdmission.Share(_parts, Body, length);
        else if (!isLaidOut) Body.LayWindow(length);
        if (!TryMove(EventOf(ending, isMoreThanAsked))) return false;
        // A response that is stored only to be revalidated at each use cannot be shared either.
        var isForNobodyElse = reason == PassReason.None && !Reuse.MayFollow(Request.Rules, freshness);
        if (isForNobodyElse || Storability.IsPersonal(reason, Request.Rules, head)) _cacheSlot.MarkPass(_parts.Now + PassMark);
        Announce(new FetchHead(ending, entry, reason, head.Status));
        if (State == FetchState.Keeping) return true;
        // A prefetch, or a fetch whose readers left, is pointless when no later request may have the response.
        if (_isWantedAhead) _givenUpAs = reason is PassReason.NoSpace or PassReason.HeldByPeer ? PrefetchEnding.GivenUp : PrefetchEnding.Failed;
        TryGiveUp();
        return true;
    }

    /// <summary>Whether the request was for something behind the end of an object of that length.</summary>
    private bool IsBehind(long length) => Request.Range is not null && !Request.HeadOnly && Request.FirstByte >= length;

    private static FetchEvent EventOf(FetchEnding ending, bool isMoreThanAsked) => ending switch
    {
        FetchEnding.Kept => isMoreThanAsked ? FetchEvent.KeptWhileRead : FetchEvent.Kept,
        FetchEnding.Shared => FetchEvent.Shared,
        _ => FetchEvent.Passed,
    };

    /// <summary>Puts the entry into its slot; false when the budget has no space for it.</summary>
    private bool TryStore(CacheEntry entry)
    {
        // A purge finds the slot where the fetch began, whatever has become of the other one.
        if (_waitedAt.Generation != _beganIn) AskedIn = -1;
        var displaced = _cacheSlot.Put(entry, _parts.Budget, AskedIn, out var put);
        while (!put && _cacheSlot.IsClosed)
        {
            // A slot that the fetch did not begin at may be removed while it is empty.
            MoveTo(_index.FindOrAdd(_cacheSlot.Key));
            displaced = _cacheSlot.Put(entry, _parts.Budget, AskedIn, out put);
        }

        if (displaced is null) return put;
        _parts.EndWait(displaced, PrefetchEnding.Wasted);
        DiskTier.Displaced(displaced);
        return put;
    }

    /// <summary>Moves to another slot; an invalidation in the first one still holds.</summary>
    private void MoveTo(CacheSlot other)
    {
        AskedIn = AskedIn == _cacheSlot.Generation ? other.Generation : -1;
        _cacheSlot = other;
    }

    /// <summary>The body outgrew the storable size: it goes on as a stream for its readers.</summary>
    private void Outgrow()
    {
        TryMove(FetchEvent.Outgrown);
        LeaveSlot();
        if (_isWantedAhead) _givenUpAs = PrefetchEnding.Failed;
        TryGiveUp();
    }

    /// <summary>A prefetch is complete: its entry waits for its first demand.</summary>
    private void Land(CacheEntry entry)
    {
        if (State is not (FetchState.Keeping or FetchState.KeepingWhileRead)) EndWait(_givenUpAs);
        else if (entry.TryLand(Body.Available)) _parts.AddUnused(Body.Available);
    }
}

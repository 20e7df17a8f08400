using Gateway.Adaptation.Players;
using Gateway.Caching;
using Gateway.Caching.Policy;
using Gateway.Caching.Store;
using Gateway.Manifests;
using Gateway.Media;
using Gateway.Origin;
using Gateway.Prefetch;
using Gateway.Telemetry.Events;
using Gateway.Timelines;

namespace Gateway.Sessions.Registry;

/// <summary>
/// Fetches ahead what a new session will request first: manifest, initialisation sections and first segments of the rendition with which
/// players begin. They stay in the cache, where the player's own request finds them as <c>buffer</c>. Bounded in time; what could not be fetched within it the player
/// fetches itself, so a failure here is reported and is no error.
/// </summary>
internal sealed class Prewarm(MediaCache cache, FirstTimelines manifests, SessionsOptions options, BufferOptions buffer, EventLog events, TimeProvider time)
{
    /// <summary>A create must not take longer than a player would wait for its first segments.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <summary>A segment, its initialisation section and its key.</summary>
    private const int PlacesPerSegment = 3;

    public async Task RunAsync(SessionState session, StreamingProtocol protocol, CancellationToken leaving)
    {
        if (!options.PrewarmEnabled || protocol == StreamingProtocol.File) return;
        var started = time.GetTimestamp();
        using var tooLong = new CancellationTokenSource(Limit, time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(leaving, tooLong.Token);
        string? failure;
        try
        {
            failure = await FetchAsync(session, limit.Token);
        }
        catch (OperationCanceledException) when (!leaving.IsCancellationRequested)
        {
            failure = "timeout";
        }
        catch (BrokenBodyException)
        {
            failure = "origin_broke_off";
        }

        events.Write(new PrewarmEvent(failure is null ? PrewarmStep.Validated : PrewarmStep.ValidationFailed, time.GetElapsedTime(started), new Correlation(session.Id.ToString("N")))
        {
            Reason = failure,
        });
    }

    private async Task<string?> FetchAsync(SessionState session, CancellationToken leaving)
    {
        var found = await manifests.FindAsync(session.Entry, session.Parameters.LadderKbps, StartsLow(session.Parameters.Player), leaving);
        if (found.Count == 0) return "no_timeline";
        var segments = Math.Max(1, buffer.AheadSegments);
        var wanted = new TimelineEntry[segments * PlacesPerSegment];
        foreach (var timeline in found)
        {
            if (timeline.Count == 0) continue;
            var at = session.Parameters.StartPositionSec > 0 ? timeline.IndexAt(TimeSpan.FromSeconds(session.Parameters.StartPositionSec)) : timeline.StartIndex;
            if (at < 0) continue;
            var count = timeline.StartingAt(at, segments, wanted);
            var until = timeline[at].Start + buffer.MaxDuration;
            for (var i = 0; i < count; i++)
            {
                // Whatever their length, one segment is needed to begin with.
                if (wanted[i].Start > timeline[at].Start && wanted[i].Start + wanted[i].Duration > until) break;
                if (wanted[i].Kind is EntryKind.Hint or EntryKind.Key || wanted[i].AvailableAt > time.GetUtcNow()) continue;
                if (!await TryHoldAsync(wanted[i], session.Tracker.Lookahead.Title, leaving)) return "segment_missing";
            }
        }

        return null;
    }

    /// <summary>Pages let these begin with the lowest rendition, as the profile <c>balanced</c> of <c>Gateway:Player</c> tells them to.</summary>
    private static bool StartsLow(PlayerClass player) => player is PlayerClass.HlsJs or PlayerClass.Shaka;

    /// <returns>Whether it is there and not empty.</returns>
    private async Task<bool> TryHoldAsync(TimelineEntry entry, string? title, CancellationToken leaving)
    {
        var request = new CacheRequest { Address = entry.Address, Range = entry.Range, Purpose = FetchPurpose.Prefetch, Rules = StorageRules.Media, Title = title };
        using var reply = await cache.OpenAsync(request, leaving);
        if (reply.Failure is not null || reply.Head.Status is < 200 or > 299) return false;
        var position = 0L;
        while (true)
        {
            var arrived = await reply.ReadAsync(position, leaving);
            if (arrived.IsEmpty) return position > 0;
            position += arrived.Length;
        }
    }
}

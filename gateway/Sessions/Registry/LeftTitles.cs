using System.Collections.Concurrent;
using System.Threading.Channels;
using Gateway.Caching;
using Gateway.Media;

namespace Gateway.Sessions.Registry;

/// <summary>
/// Tells the cache which titles no session plays any more: under pressure they are evicted before those still played. A title is what lies below the directory of a session's first
/// manifest; one that another session has open stays as it is.
/// </summary>
/// <remarks>
/// One worker, woken by session ends. Ends that come together (an idle sweep, a drain) cost one walk over the sessions and one over the cache, however many they are.
/// </remarks>
internal sealed partial class LeftTitles(SessionRegistry sessions, MediaCache cache, TimeProvider time, ILogger<LeftTitles> log) : BackgroundService
{
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);

    private readonly ConcurrentQueue<MediaAddress> _left = new();
    private readonly Channel<bool> _bell = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        sessions.SessionEnded += Ended;
        return base.StartAsync(cancellationToken);
    }

    /// <summary>One round; the worker's loop is nothing but this.</summary>
    public void Demote()
    {
        var left = new HashSet<(string, string)>();
        while (_left.TryDequeue(out var entry)) left.Add((entry.Cluster, RootOf(entry)));
        if (left.Count == 0) return;
        var watched = sessions.All.Select(s => (s.Entry.Cluster, RootOf(s.Entry))).ToHashSet();
        left.ExceptWith(watched);
        if (left.Count > 0) cache.Demote(left, address => IsIn(watched, address));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (await _bell.Reader.WaitToReadAsync(stoppingToken))
            {
                await Task.Delay(Pace, time, stoppingToken);
                _bell.Reader.TryRead(out _);
                TryDemote();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops, and the cache with it.
        }
    }

    internal void Ended(SessionState session)
    {
        _left.Enqueue(session.Entry);
        _bell.Writer.TryWrite(true);
    }

    private void TryDemote()
    {
        try
        {
            Demote();
        }
        catch (Exception e)
        {
            // Only the order of eviction suffers; the host must not end for it.
            LogRoundFailed(e);
        }
    }

    private static string RootOf(MediaAddress entry) => entry.Path[..(entry.Path.LastIndexOf('/') + 1)];

    /// <summary>Whether one of the directories above an object is in the set.</summary>
    private static bool IsIn(HashSet<(string Cluster, string Root)> titles, MediaAddress address)
    {
        for (var end = address.Path.LastIndexOf('/'); end >= 0; end = end == 0 ? -1 : address.Path.LastIndexOf('/', end - 1))
        {
            if (titles.Contains((address.Cluster, address.Path[..(end + 1)]))) return true;
        }

        return false;
    }

    // Next free id: 13.
    [LoggerMessage(12, LogLevel.Error, "Marking titles without sessions for eviction failed; the cache evicts them in its usual order", EventName = nameof(LogRoundFailed))]
    private partial void LogRoundFailed(Exception exception);
}

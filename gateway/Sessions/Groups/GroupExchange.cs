using System.Text.Json;
using Gateway.Sessions.Store;
using Npgsql;

namespace Gateway.Sessions.Groups;

/// <summary>
/// Makes a group one on all gateways that share a session store: what a leader says here is told to the others by PostgreSQL's NOTIFY, and what leaders say there is learned by LISTEN.
/// </summary>
/// <remarks>
/// <para>Nothing is stored: a state is worth as long as the next one takes, and who missed it hears the next. It travels with its age, so that no two clocks have to agree.</para>
/// <para>Two loops with one owner. The writer tells the latest state of each group and then waits <see cref="Pause"/>, so however often a leader beats, a group takes ten notices a second at most. The listener has a
/// connection of its own, and makes a new one when that ends; while the database is away each gateway's members go on among themselves.</para>
/// </remarks>
internal sealed partial class GroupExchange(NpgsqlDataSource db, ListeningGroups groups, TimeProvider time, ILogger<GroupExchange> log) : BackgroundService
{
    internal const string Channel = "gateway_groups";

    /// <summary>PostgreSQL takes less than 8000 bytes in one notice.</summary>
    private const int LongestNotice = 7_900;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(500);

    /// <summary>A connection whose other end has vanished says nothing of it by itself.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(15);

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _hasNews = new(0, 1);
    private readonly Guid _node = Guid.NewGuid();
    private Dictionary<string, GroupState> _news = new(StringComparer.Ordinal);
    private bool? _isUp;

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        groups.Led += Led;
        return base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        groups.Led -= Led;
        await base.StopAsync(cancellationToken);
    }

    public override void Dispose()
    {
        _hasNews.Dispose();
        base.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(RepeatAsync(TellAsync, stoppingToken), RepeatAsync(ListenAsync, stoppingToken));

    private void Led(string group, GroupState state)
    {
        lock (_lock)
        {
            if (_news.Count < ListeningGroups.MostGroups || _news.ContainsKey(group)) _news[group] = state;
            if (_hasNews.CurrentCount == 0) _hasNews.Release();
        }
    }

    private async Task RepeatAsync(Func<CancellationToken, Task> work, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await work(stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (SessionStore.IsAway(e, stopping))
            {
                if (_isUp != false) LogAway(e.Message);
                _isUp = false;
            }
            catch (Exception e)
            {
                // A bug must not end the exchange for good, and with it the host.
                LogFailed(e);
            }

            await Task.Delay(Retry, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task TellAsync(CancellationToken stopping)
    {
        while (true)
        {
            await _hasNews.WaitAsync(stopping);
            Dictionary<string, GroupState> news;
            lock (_lock)
            {
                news = _news;
                _news = new Dictionary<string, GroupState>(StringComparer.Ordinal);
            }

            var now = time.GetUtcNow();
            string[] notices = [.. news.Select(n => JsonSerializer.Serialize(GroupNotice.Of(_node, n.Key, n.Value, now), GroupJson.Default.GroupNotice)).Where(text => System.Text.Encoding.UTF8.GetByteCount(text) <= LongestNotice)];
            await using var notify = db.CreateCommand($"SELECT pg_notify('{Channel}', notice) FROM unnest(@notices) AS notice");
            notify.Parameters.AddWithValue("notices", notices);
            await notify.ExecuteNonQueryAsync(stopping);
            await Task.Delay(Pause, time, stopping);
        }
    }

    private async Task ListenAsync(CancellationToken stopping)
    {
        await using var connection = await db.OpenConnectionAsync(stopping);
        connection.Notification += (_, notice) => Learn(notice.Payload);
        await ExecuteAsync($"LISTEN {Channel}");
        if (_isUp != true) LogUp();
        _isUp = true;
        while (true)
        {
            if (!await connection.WaitAsync(Quiet, stopping)) await ExecuteAsync("SELECT 1");
        }

        async Task ExecuteAsync(string text)
        {
            await using var command = new NpgsqlCommand(text, connection);
            await command.ExecuteNonQueryAsync(stopping);
        }
    }

    private void Learn(string payload)
    {
        try
        {
            if (JsonSerializer.Deserialize(payload, GroupJson.Default.GroupNotice) is { Group: not null, MediaId: not null } notice && notice.Node != _node) groups.Learn(notice.Group, notice.State(time.GetUtcNow()));
        }
        catch (JsonException)
        {
            // Of a newer gateway, which writes it otherwise.
        }
    }

    // Next free id: 83.
    [LoggerMessage(80, LogLevel.Information, "Shared-listening groups are one on all gateways of the session store", EventName = nameof(LogUp))]
    private partial void LogUp();

    [LoggerMessage(81, LogLevel.Warning, "Shared-listening groups stay on this gateway while the session store is away: {Reason}", EventName = nameof(LogAway))]
    private partial void LogAway(string reason);

    [LoggerMessage(82, LogLevel.Error, "Exchanging groups with other gateways failed; it begins anew", EventName = nameof(LogFailed))]
    private partial void LogFailed(Exception exception);
}

using System.ComponentModel.DataAnnotations;
using Gateway.Configuration;

namespace Gateway.Origin;

/// <summary>
/// Knobs of upstream requests, section <c>Gateway:Origin</c>. Clusters, destinations, load balancing and clients are YARP's own section
/// <c>ReverseProxy</c>. One fetch may take <see cref="TimeBudget"/> up to its head, all tries and waits included; within it a single try
/// may take <see cref="FirstByteTimeout"/>. Once bytes flow only <see cref="IdleTimeout"/> counts.
/// </summary>
internal sealed class OriginOptions : IValidatableObject
{
    /// <summary>Cluster that holds media which no other cluster is named for.</summary>
    public const string DefaultCluster = "origin";

    /// <summary>Time to a connection, TLS included. YARP's 15 s would use up most of the budget on one dead destination.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:01:00")]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>From sending a request to its response head. Players give up on a playlist after 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:05:00")]
    public TimeSpan FirstByteTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest silence within a body. A cluster's own <c>HttpRequest:ActivityTimeout</c> goes before.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "01:00:00")]
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// Longest silence, either way, of a request that YARP forwards uncached, where the cluster has no <c>HttpRequest:ActivityTimeout</c>.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "01:00:00")]
    public TimeSpan ForwardTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>From the start of a fetch to its head, tries, waits and redirects included.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan TimeBudget { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Tries after the first one.</summary>
    [Range(0, 10)]
    public int Retries { get; set; } = 3;

    /// <summary>Wait before try n + 1 is n times this: 200, 400, 600 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:30")]
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Up to this much is added to each wait, so that many failed fetches do not come back at once.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:30")]
    public TimeSpan RetryJitter { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Redirects followed for one fetch; 0 follows none.</summary>
    [Range(0, 20)]
    public int MaxRedirects { get; set; } = 5;

    /// <summary>Whether a redirect may lead from an https destination to an http one.</summary>
    public bool AllowDowngrade { get; set; }

    /// <summary>Path of the active probes of media clusters that configure none themselves; any status below 500 means healthy.</summary>
    [RegularExpression("/[!-~]*", ErrorMessage = "Allowed: a path that starts with a slash.")]
    public string HealthPath { get; set; } = "/";

    /// <summary>Time between two active probes of a destination. A freshly started origin is in use after one at most.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan HealthInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long an origin that was in good health may be away before <c>/health/ready</c> says 503; 0, the default, = at once. A balancer takes a gateway out then, and all gateways of one origin at the same time: what they hold is served no
    /// more, and requests that wait (<c>Cache:Outage</c>) are lost, so a fleet wants a minute. An origin that was never reached since the start is told at once.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan UnreadyAfter { get; set; }

    /// <summary>Share of broken exchanges (no connection, no head, 502, 503, 504, cut body) from which a destination's circuit opens.</summary>
    [Range(0.05, 1.0)]
    public double BreakerFailureRatio { get; set; } = 0.5;

    /// <summary>
    /// Titles, served before, that have to fail, with none that is served, before a destination's circuit opens: one broken title must not close a site. Where there is no connection to the
    /// destination at all, titles do not matter. As many trial requests go out at once when the pause is over.
    /// </summary>
    [Range(1, 1000)]
    public int BreakerMinimumTitles { get; set; } = 3;

    /// <summary>Exchanges within <see cref="BreakerWindow"/> below which no circuit opens, whatever failed; a single viewer must not close a site.</summary>
    [Range(2, 100_000)]
    public int BreakerMinimumExchanges { get; set; } = 20;

    /// <summary>Time over which the share is counted.</summary>
    [Range(typeof(TimeSpan), "00:00:00.500", "01:00:00")]
    public TimeSpan BreakerWindow { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long an open circuit keeps requests from its destination before a few are let through to try.</summary>
    [Range(typeof(TimeSpan), "00:00:00.500", "01:00:00")]
    public TimeSpan BreakerPause { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Sends a request that a client waits for a second time (hedging), to another destination where there is one, when the first is slower than recent first-byte times make usual and than
    /// the client's buffer allows. The first answer wins, the other request is cancelled.
    /// </summary>
    public bool Hedging { get; set; } = true;

    /// <summary>Shortest wait before a hedged request, however quick the origin usually is.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00")]
    public TimeSpan HedgingMinimumDelay { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Most hedged requests, as a share of all requests to the cluster.</summary>
    [Range(0.0, 1.0)]
    public double HedgingShare { get; set; } = 0.1;

    /// <summary>
    /// How often the rest of one body that broke (cut, reset, stalled) is requested by Range, at another destination where there is one; 0 = never. Only bodies with a strong validator are
    /// continued.
    /// </summary>
    [Range(0, 10)]
    public int Continuations { get; set; } = 3;

    /// <summary>Silence within a body after which the rest is requested elsewhere; it doubles with each time, up to <see cref="IdleTimeout"/>.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "01:00:00")]
    public TimeSpan StallTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Requests under way at one destination at once. Beyond, requests wait: those that clients wait for go first and for <see cref="MaxQueueTime"/> at most, prefetches get three quarters of
    /// the places. An origin that serves few at once wants its own number here.
    /// </summary>
    [Range(2, 100_000)]
    public int MaxConcurrent { get; set; } = 1024;

    /// <summary>How long a request that a client waits for waits for a place at its destination, before it goes all the same.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:00:30")]
    public TimeSpan MaxQueueTime { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Life of a pooled connection, so that DNS changes take effect.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan ConnectionLifetime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Secret by cluster id that the gateway sends upstream as <c>Authorization: Bearer</c>, as a private transcoder requires. It goes
    /// to that cluster's destinations only, also after a redirect.
    /// </summary>
    [Secret]
    public Dictionary<string, string> BearerKeys { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>File by cluster id that holds the secret of <see cref="BearerKeys"/>. Read again when it changes.</summary>
    public Dictionary<string, string> BearerKeyFiles { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (FirstByteTimeout > TimeBudget)
            yield return new ValidationResult($"FirstByteTimeout ({FirstByteTimeout}) must not be above TimeBudget ({TimeBudget}).");
        foreach (var (cluster, key) in BearerKeys)
        {
            if (key.AsSpan().ContainsAnyExceptInRange('!', '~') || key.Length == 0)
                yield return new ValidationResult($"BearerKeys:{cluster} must be printable ASCII without spaces.");
        }
    }
}

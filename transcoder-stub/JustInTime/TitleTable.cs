using System.Security.Cryptography;
using System.Text;
using TranscoderStub.Probing;
using TranscoderStub.Sources;

namespace TranscoderStub.JustInTime;

/// <summary>
/// The just-in-time titles that are ready. A title's id follows from the source's content and the settings (under a secret, so that knowing an id is the
/// right to read it): whoever starts the same gets the same, with all that is made of it. Titles that nobody asks for are forgotten.
/// </summary>
internal sealed class TitleTable : IAsyncDisposable
{
    private readonly JustInTimeOptions _options;
    private readonly MediaProber _prober;
    private readonly EncoderServices _services;
    private readonly InitMaker _inits;
    private readonly byte[] _secret;

    // Protects the table, the moments of last use in it, the timer, which runs from the first title on, and the end.
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Held> _titles = new(StringComparer.Ordinal);
    private ITimer? _sweep;
    private Task? _over;

    public TitleTable(JustInTimeOptions options, MediaProber prober, EncoderServices services, byte[] secret)
    {
        _options = options;
        _prober = prober;
        _services = services;
        _secret = secret;
        _inits = new InitMaker(services);
    }

    /// <summary>The title of a source, probed and planned if it is not there yet.</summary>
    /// <param name="source">What it is made of.</param>
    /// <param name="settings">How.</param>
    /// <param name="isStarted">Whether somebody with the right to start titles wants it. Where there are too many, the others make room first.</param>
    /// <param name="stop">The asker hangs up.</param>
    /// <exception cref="TranscodeException">The source is no media.</exception>
    public async Task<JustInTimeTitle> OpenAsync(MediaSource source, TitleSettings settings, bool isStarted, CancellationToken stop)
    {
        var id = Id($"{source.Identity}\n{settings.Key}");
        if (Find(id, isStarted) is { } ready) return ready;
        var plan = TitlePlanner.Plan(source, await _prober.ProbeAsync(source, stop), settings);

        // Made segments outlive this program, so their folder is named without the secret; what changes their bytes is in the name.
        var folder = Hash($"{source.Identity}\n{settings.Key}\n{_options.FragmentRatio}\n{_services.Encoding.Preset}");
        var title = new JustInTimeTitle(id, plan, folder, _inits, _services);
        List<JustInTimeTitle> dropped;
        lock (_lock)
        {
            if (_titles.TryGetValue(id, out var first))
            {
                first.IsStarted |= isStarted;
                return first.Title;
            }

            var period = _options.IdleTimeout / 10;
            _sweep ??= _services.Time.CreateTimer(_ => ForgetIdle(), null, period, period);
            _titles[id] = new Held(title, source.Identity) { Used = _services.Time.GetUtcNow(), IsStarted = isStarted };
            dropped = [.. Excess_NeedsLock(title, _titles.Values, _options.MaxTitles)];
            foreach (var old in dropped) _titles.Remove(old.Id);
            // Whoever asks for a title in ever other settings must not have an encoder at work for each.
            List<JustInTimeTitle> forms = [.. Excess_NeedsLock(title, _titles.Values.Where(t => string.Equals(t.Source, source.Identity, StringComparison.Ordinal)), _options.MaxOfSource)];
            foreach (var old in forms) _titles.Remove(old.Id);
            dropped.AddRange(forms);
        }

        End(dropped);
        return title;
    }

    /// <summary>Those beyond a bound that make room: the ones for whose segments somebody waits last of all, for their encoders end; before them first the ones that nobody has started, then the ones that were used longest ago.</summary>
    private static IEnumerable<JustInTimeTitle> Excess_NeedsLock(JustInTimeTitle kept, IEnumerable<Held> among, int most)
    {
        var all = among.ToList();
        return all.Where(t => t.Title != kept).OrderBy(t => t.Title.IsAwaited).ThenBy(t => t.IsStarted).ThenBy(t => t.Used).Take(Math.Max(0, all.Count - most)).Select(t => t.Title);
    }

    /// <summary>A title by its id, which counts as a use.</summary>
    public JustInTimeTitle? Find(string id) => Find(id, isStarted: false);

    private JustInTimeTitle? Find(string id, bool isStarted)
    {
        lock (_lock)
        {
            if (!_titles.TryGetValue(id, out var held)) return null;
            held.IsStarted |= isStarted;
            held.Used = _services.Time.GetUtcNow();
            return held.Title;
        }
    }

    public bool Contains(string id)
    {
        lock (_lock) return _titles.ContainsKey(id);
    }

    /// <summary>Whether this very title is the one of its id: it may have ended and been opened anew.</summary>
    public bool Contains(string id, JustInTimeTitle title)
    {
        lock (_lock) return _titles.TryGetValue(id, out var held) && ReferenceEquals(held.Title, title);
    }

    /// <summary>Takes a title away; whoever disposes it kills its encoders, and what is on disk stays.</summary>
    public JustInTimeTitle? Take(string id)
    {
        lock (_lock) return _titles.Remove(id, out var held) ? held.Title : null;
    }

    /// <summary>Ends all titles. The program asks for it when it is told to stop, and once more at its end: each time what it began with is waited for.</summary>
    public async ValueTask DisposeAsync()
    {
        Task over;
        lock (_lock) over = _over ??= Task.Run(EndAllAsync);
        await over;
    }

    private async Task EndAllAsync()
    {
        List<Held> all;
        ITimer? sweep;
        lock (_lock)
        {
            (sweep, _sweep) = (_sweep, null);
            all = [.. _titles.Values];
            _titles.Clear();
        }

        if (sweep is not null) await sweep.DisposeAsync();
        foreach (var held in all) await held.Title.DisposeAsync();
    }

    private void ForgetIdle()
    {
        List<JustInTimeTitle> idle;
        lock (_lock)
        {
            var oldest = _services.Time.GetUtcNow() - _options.IdleTimeout;
            idle = [.. _titles.Values.Where(t => t.Used < oldest).Select(t => t.Title)];
            foreach (var title in idle) _titles.Remove(title.Id);
        }

        End(idle);
    }

    // Killing takes a moment that no asker should wait for.
    private static void End(List<JustInTimeTitle> titles)
    {
        foreach (var title in titles) _ = title.DisposeAsync().AsTask();
    }

    private string Id(string text) => Convert.ToHexStringLower(HMACSHA256.HashData(_secret, Encoding.UTF8.GetBytes(text)).AsSpan(0, 16));

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16));

    private sealed class Held(JustInTimeTitle title, string source)
    {
        public JustInTimeTitle Title => title;

        public string Source => source;

        public DateTimeOffset Used { get; set; }

        public bool IsStarted { get; set; }
    }
}

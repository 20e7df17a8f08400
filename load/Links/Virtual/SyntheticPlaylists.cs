using System.Globalization;
using System.Text;

namespace Gateway.Load.Links.Virtual;

/// <summary>Media playlists of a made-up title: one for ever on demand; of a live one those of the moment, made once for all who ask then.</summary>
internal sealed class SyntheticPlaylists
{
    /// <summary>Versions kept per rendition: what is asked for is the present one, or the next in a blocking reload.</summary>
    private const int Kept = 4;

    private readonly TitleShape _shape;
    private readonly int _partsPerSegment;
    private readonly Dictionary<int, byte[]> _onDemand = [];
    private readonly Dictionary<int, (long Version, byte[] Text)[]> _live = [];

    public SyntheticPlaylists(TitleShape shape)
    {
        _shape = shape;
        _partsPerSegment = shape.PartSeconds > 0 ? (int)Math.Round(shape.SegmentSeconds / shape.PartSeconds) : 0;
    }

    /// <summary>A playlist as it is when the request arrives, or when what the request waits for is there.</summary>
    /// <param name="rung">-1 for audio; all playlists differ by it in nothing but what names them.</param>
    /// <param name="directives">Delivery directives; null for none.</param>
    /// <param name="arrival">Wall clock.</param>
    /// <param name="wait">How long it is held back.</param>
    /// <returns>Null when what is asked for is too far ahead.</returns>
    public byte[]? At(int rung, string? directives, DateTimeOffset arrival, out TimeSpan wait)
    {
        wait = TimeSpan.Zero;
        if (!_shape.IsLive)
        {
            if (!_onDemand.TryGetValue(rung, out var text)) _onDemand.Add(rung, text = Encoding.UTF8.GetBytes(OnDemand()));
            return text;
        }

        var steps = Math.Max(_partsPerSegment, 1);
        var step = _shape.SegmentSeconds / steps;
        var version = (long)Math.Floor(((arrival - _shape.LiveSince).TotalSeconds / step) + 1e-6);
        if (directives is not null && Value(directives, "_HLS_msn=") is { } sequence)
        {
            // Without a part the whole segment is meant (draft-pantos-hls-rfc8216bis §6.2.5.2).
            var wanted = (sequence * steps) + (Value(directives, "_HLS_part=") is { } part ? Math.Min(part, steps - 1) + 1 : steps);
            if (wanted > version + (3 * steps)) return null;
            if (wanted > version)
            {
                version = wanted;
                wait = _shape.LiveSince + TimeSpan.FromSeconds(wanted * step) - arrival;
            }
        }

        return Live(rung, version, steps);
    }

    private byte[] Live(int rung, long version, int steps)
    {
        if (!_live.TryGetValue(rung, out var known)) _live.Add(rung, known = new (long, byte[])[Kept]);
        ref var place = ref known[(int)(version % Kept)];
        if (place.Text is null || place.Version != version) place = (version, Encoding.UTF8.GetBytes(LiveText(version, steps)));
        return place.Text;
    }

    private string OnDemand()
    {
        var text = Head("#EXT-X-PLAYLIST-TYPE:VOD\n#EXT-X-MEDIA-SEQUENCE:0\n");
        for (var i = 0; i < _shape.Segments; i++) text.Append(CultureInfo.InvariantCulture, $"#EXTINF:{_shape.SegmentSeconds:0.###},\n{i}.m4s\n");
        return text.Append("#EXT-X-ENDLIST\n").ToString();
    }

    private string LiveText(long version, int steps)
    {
        var complete = version / steps;
        var first = Math.Max(complete - _shape.Window, 0);
        var control = _partsPerSegment == 0
            ? "#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES\n"
            : string.Create(CultureInfo.InvariantCulture, $"#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK={3 * _shape.PartSeconds:0.###}\n#EXT-X-PART-INF:PART-TARGET={_shape.PartSeconds:0.###}\n");
        var text = Head(control + string.Create(CultureInfo.InvariantCulture, $"#EXT-X-MEDIA-SEQUENCE:{first}\n"));
        for (var number = first; number <= complete; number++)
        {
            var start = _shape.LiveSince + TimeSpan.FromSeconds(number * _shape.SegmentSeconds);
            text.Append(CultureInfo.InvariantCulture, $"#EXT-X-PROGRAM-DATE-TIME:{start.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffZ}\n");

            // Parts of the last two segments and of the one that is being made (§6.2.2 lets older ones go).
            var parts = _partsPerSegment == 0 || number < complete - 2 ? 0 : number < complete ? _partsPerSegment : (int)(version % steps);
            for (var part = 0; part < parts; part++)
            {
                text.Append(CultureInfo.InvariantCulture, $"#EXT-X-PART:DURATION={_shape.PartSeconds:0.###},URI=\"{number}.{part}.m4s\"{(part == 0 ? ",INDEPENDENT=YES" : "")}\n");
            }

            if (number < complete) text.Append(CultureInfo.InvariantCulture, $"#EXTINF:{_shape.SegmentSeconds:0.###},\n{number}.m4s\n");
            else if (_partsPerSegment > 0) text.Append(CultureInfo.InvariantCulture, $"#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"{number}.{parts}.m4s\"\n");
        }

        return text.ToString();
    }

    private StringBuilder Head(string tags) => new StringBuilder("#EXTM3U\n#EXT-X-VERSION:9\n")
        .Append(CultureInfo.InvariantCulture, $"#EXT-X-TARGETDURATION:{Math.Ceiling(_shape.SegmentSeconds):0}\n").Append(tags).Append("#EXT-X-MAP:URI=\"init.mp4\"\n");

    private static long? Value(string directives, string name)
    {
        var at = directives.IndexOf(name, StringComparison.Ordinal);
        if (at < 0) return null;
        var rest = directives.AsSpan(at + name.Length);
        var end = rest.IndexOf('&');
        return long.TryParse(end < 0 ? rest : rest[..end], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    }
}

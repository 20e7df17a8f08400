using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using Gateway.Media;
using Gateway.Timelines;

namespace Gateway.Manifests.Hls;

/// <summary>Reads what a multivariant playlist offers.</summary>
internal sealed class HlsLadderReader
{
    private readonly ReferenceBase _base;
    private readonly HlsVariables _variables;
    private readonly ArrayBufferWriter<byte> _filled = new();
    private readonly ImmutableArray<Variant>.Builder _variants = ImmutableArray.CreateBuilder<Variant>();
    private readonly ImmutableArray<Rendition>.Builder _renditions = ImmutableArray.CreateBuilder<Rendition>();

    private long _addressChars;
    private bool _isWhole = true;

    private HlsLadderReader(ReferenceBase from, HlsVariables variables)
    {
        _base = from;
        _variables = variables;
    }

    /// <param name="playlist">The whole playlist.</param>
    /// <param name="from">Where it came from.</param>
    /// <param name="variables">What its EXT-X-DEFINE tags may refer to; of one use.</param>
    public static VariantLadder Read(ReadOnlySpan<byte> playlist, ReferenceBase from, HlsVariables variables)
    {
        var reader = new HlsLadderReader(from, variables);
        reader.Read(playlist);
        return new VariantLadder(reader._variants.ToImmutable(), reader._renditions.ToImmutable()) { IsWhole = reader._isWhole };
    }

    private void Read(ReadOnlySpan<byte> playlist)
    {
        Variant? announced = null;
        for (var lines = new HlsLines(playlist); lines.MoveNext();)
        {
            if (_variants.Count + _renditions.Count >= HlsLimits.LadderEntries || _addressChars > HlsLimits.LadderAddressChars)
            {
                _isWhole = false;
                return;
            }

            if (lines.IsReference)
            {
                if (announced is not null) _variants.Add(announced with { Address = Locate(lines.Content) });
                announced = null;
            }
            else if (lines.TryTake("#EXT-X-STREAM-INF:"u8, out var list))
            {
                announced = VariantOf(list, trickPlay: false);
            }
            else if (lines.TryTake("#EXT-X-I-FRAME-STREAM-INF:"u8, out list))
            {
                _variants.Add(VariantOf(list, trickPlay: true) with { Address = Locate(HlsAttributes.Find(list, "URI"u8)) });
            }
            else if (lines.TryTake("#EXT-X-MEDIA:"u8, out list))
            {
                AddRendition(list);
            }
            else if (lines.TryTake("#EXT-X-DEFINE:"u8, out list))
            {
                _variables.Define(list, out _);
            }
        }
    }

    private static Variant VariantOf(ReadOnlySpan<byte> list, bool trickPlay)
    {
        var codecs = Text(list, "CODECS"u8);
        var resolution = HlsAttributes.Find(list, "RESOLUTION"u8);
        var by = resolution.IndexOf((byte)'x');
        var height = by < 0 ? 0 : Pixels(resolution[(by + 1)..]);
        var pathway = Text(list, "PATHWAY-ID"u8);
        return new Variant
        {
            Id = Text(list, "STABLE-VARIANT-ID"u8),
            Bandwidth = HlsNumbers.Whole(HlsAttributes.Find(list, "BANDWIDTH"u8)) ?? 0,
            AverageBandwidth = HlsNumbers.Whole(HlsAttributes.Find(list, "AVERAGE-BANDWIDTH"u8)),
            Width = by < 0 ? 0 : Pixels(resolution),
            Height = height,
            FrameRate = HlsNumbers.Seconds(HlsAttributes.Find(list, "FRAME-RATE"u8)) is { } rate ? rate / (double)TimeSpan.TicksPerSecond : null,
            Codecs = codecs,
            AudioGroup = Text(list, "AUDIO"u8),
            Pathway = pathway.Length == 0 ? "." : pathway,
            TrickPlay = trickPlay,
            AudioOnly = height == 0 && AudioCodecs.Only(codecs),
        };
    }

    private void AddRendition(ReadOnlySpan<byte> list)
    {
        var type = HlsAttributes.Find(list, "TYPE"u8);
        RenditionKind? kind = type.SequenceEqual("AUDIO"u8) ? RenditionKind.Audio
            : type.SequenceEqual("VIDEO"u8) ? RenditionKind.Video
            : type.SequenceEqual("SUBTITLES"u8) ? RenditionKind.Subtitles
            : type.SequenceEqual("CLOSED-CAPTIONS"u8) ? RenditionKind.ClosedCaptions
            : null;
        if (kind is null) return;
        _renditions.Add(new Rendition
        {
            Kind = kind.Value,
            Group = Text(list, "GROUP-ID"u8),
            Name = Text(list, "NAME"u8),
            Language = Text(list, "LANGUAGE"u8),
            IsDefault = HlsAttributes.Find(list, "DEFAULT"u8).SequenceEqual("YES"u8),
            Address = Locate(HlsAttributes.Find(list, "URI"u8)),
        });
    }

    private MediaAddress? Locate(ReadOnlySpan<byte> reference)
    {
        reference = reference.Trim(" \t"u8);
        if (reference.IsEmpty) return null;
        if (_variables.MayOccur && _variables.Fill(reference, _filled) == VariableUse.Filled) reference = _filled.WrittenSpan;
        if (!_base.TryLocate(reference, out var address)) return null;
        _addressChars += address.Path.Length + address.Query.Length;
        return address;
    }

    private static int Pixels(ReadOnlySpan<byte> text) => (int)Math.Min(HlsNumbers.Whole(text) ?? 0, 100_000);

    private static string Text(ReadOnlySpan<byte> list, ReadOnlySpan<byte> name) => Encoding.UTF8.GetString(HlsAttributes.Find(list, name));
}

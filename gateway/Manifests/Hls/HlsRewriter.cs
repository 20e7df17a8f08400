using System.Buffers;
using System.Text;

namespace Gateway.Manifests.Hls;

/// <summary>
/// Rewrites the references of a playlist so that the player comes back through the gateway, and changes nothing else: not one byte of
/// unknown tags, comments, blanks and line ends.
/// </summary>
/// <remarks>
/// <para>One walk over the lines. A line that does not begin with a number sign is a reference; of tags only those in
/// <see cref="HlsTagRules"/> are looked into. Bytes between two replacements are copied in one go, and when nothing has to be replaced
/// nothing is copied at all.</para>
/// <para>No line is ever added or removed: players take the line right after EXT-X-STREAM-INF as its URI, and tags must not occur twice.
/// EXT-X-BYTERANGE keeps its bytes, because the meaning of a missing offset depends on the URIs before it being equal, which they stay.</para>
/// </remarks>
internal ref struct HlsRewriter
{
    private readonly ReadOnlySpan<byte> _playlist;
    private readonly ReferenceMap _map;
    private readonly HlsVariables _variables;
    private readonly IBufferWriter<byte> _output;
    private ArrayBufferWriter<byte>? _filled;
    private ArrayBufferWriter<byte>? _replacement;
    private HlsPlaylistKind _kind;
    private int _copied;
    private int _lineStart;
    private int _lineGrowth;
    private int _overlong;
    private int _unknown;
    private bool _lookedUp;
    private List<int>? _plain;
    private int _longestLine;

    private HlsRewriter(ReadOnlySpan<byte> playlist, ReferenceMap map, HlsVariables variables, IBufferWriter<byte> output)
    {
        _playlist = playlist;
        _map = map;
        _variables = variables;
        _output = output;
        _plain = map.TryPlain(out _) ? [] : null;
    }

    /// <summary>Rewrites a playlist.</summary>
    /// <param name="playlist">The whole playlist, decoded from any content coding.</param>
    /// <param name="map">What stands in place of its references.</param>
    /// <param name="variables">What its EXT-X-DEFINE tags may refer to; of one use.</param>
    /// <param name="output">Gets the rewritten playlist, and nothing when it is <see cref="HlsOutcome.Unchanged"/>.</param>
    public static HlsRewrite Rewrite(ReadOnlySpan<byte> playlist, ReferenceMap map, HlsVariables variables, IBufferWriter<byte> output)
    {
        var start = HlsPlaylist.Recognise(playlist, out var refused);
        if (start < 0) return new HlsRewrite(refused, HlsPlaylistKind.Unknown, 0, 0);
        var rewriter = new HlsRewriter(playlist, map, variables, output);
        var outcome = rewriter.Run(start);
        return new HlsRewrite(outcome, rewriter._kind, rewriter._overlong, rewriter._unknown)
        {
            PlainPlaces = outcome == HlsOutcome.Rewritten && rewriter._plain is { Count: > 0 } plain ? new HlsPlainPlaces([.. plain], start, rewriter._longestLine) : null,
            StandsForAll = outcome == HlsOutcome.Unchanged && map.IsMirrored && !rewriter._lookedUp && !variables.MayOccur,
        };
    }

    private HlsOutcome Run(int start)
    {
        _copied = start;
        for (var lines = new HlsLines(_playlist, start); lines.MoveNext();)
        {
            var line = lines.Content;
            if (line.Length > HlsLimits.LineBytes) return HlsOutcome.LineTooLong;
            _lineStart = lines.ContentStart;
            if (!lines.IsReference)
            {
                if (line.StartsWith("#EXTINF"u8)) _kind = HlsPlaylistKind.Media;
                else if (line.StartsWith("#EXT-X-"u8) && TryReadTag(line) is { } failure) return failure;
            }
            else
            {
                if (_map.IsMirrored && !_variables.MayOccur && ReferenceSpelling.IsPlain(line)) continue;
                if (Replace(_lineStart, line, ReferenceForm.Shortest, mayHoldVariables: true, quote: false) is { } failure) return failure;
                CheckLength(line.Length);
            }
        }

        if (_copied == 0) return HlsOutcome.Unchanged;
        _output.Write(_playlist[_copied..]);
        return HlsOutcome.Rewritten;
    }

    private HlsOutcome? TryReadTag(ReadOnlySpan<byte> line)
    {
        const int Lead = 7;
        var rule = HlsTagRules.Find(line[Lead..], out var nameLength);
        if (rule is null) return null;
        if (_kind != HlsPlaylistKind.Media && rule.Kind != HlsPlaylistKind.Unknown) _kind = rule.Kind;
        var listStart = Lead + nameLength + 1;
        if (listStart >= line.Length) return null;
        var list = line[listStart..];
        if (rule == HlsTagRules.Define) return Define(list, _lineStart + listStart);
        if (rule.References.Length == 0) return null;

        var attributes = new HlsAttributes(list);
        var className = rule.DependsOnClass ? HlsAttributes.Find(list, "CLASS"u8) : [];
        for (var count = 0; attributes.MoveNext(); count++)
        {
            if (count == HlsLimits.Attributes) return HlsOutcome.TooManyAttributes;
            foreach (var place in rule.References)
            {
                if (!attributes.Name.SequenceEqual(place.Attribute)) continue;
                if (place.Class is not null && !className.SequenceEqual(place.Class)) continue;
                var value = attributes.Value;
                var trimmed = value.TrimStart(" \t"u8);
                var at = _lineStart + listStart + attributes.ValueStart + value.Length - trimmed.Length;
                trimmed = trimmed.TrimEnd(" \t"u8);
                _lookedUp = true;
                if (place.MayBeInline && attributes.IsQuoted && TryReplaceInline(at, trimmed)) continue;
                var failure = Replace(at, trimmed, place.Form, attributes.IsQuoted, quote: !attributes.IsQuoted);
                if (failure is not null) return failure;
            }
        }

        CheckLength(line.Length);
        return null;
    }

    /// <summary>
    /// Players read QUERYPARAM from the URL they asked. Where that is not the upstream's own, the value is written down instead. The
    /// definitions stay in any case, since other attributes may use them.
    /// </summary>
    private HlsOutcome? Define(ReadOnlySpan<byte> list, int at)
    {
        var value = _variables.Define(list, out var fromQuery);
        if (_variables.IsOverfull) return HlsOutcome.VariablesTooLarge;
        if (value is null || fromQuery is null || _map.IsMirrored || value.AsSpan().IndexOfAny('"', '\r', '\n') >= 0) return null;
        _plain = null;
        var text = $"NAME=\"{fromQuery}\",VALUE=\"{value}\"";
        if (text.Length > HlsLimits.LineBytes) return HlsOutcome.LineTooLong;
        _output.Write(_playlist[_copied..at]);
        Encoding.UTF8.GetBytes(text, _output);
        _copied = at + list.Length;
        return null;
    }

    private bool TryReplaceInline(int at, ReadOnlySpan<byte> reference)
    {
        _replacement ??= new ArrayBufferWriter<byte>();
        _replacement.ResetWrittenCount();
        if (!InlineDocument.TryRewrite(reference, _map, _replacement)) return false;
        _plain = null;
        _output.Write(_playlist[_copied..at]);
        _output.Write(_replacement.WrittenSpan);
        _copied = at + reference.Length;
        return true;
    }

    private HlsOutcome? Replace(int at, ReadOnlySpan<byte> reference, ReferenceForm form, bool mayHoldVariables, bool quote)
    {
        if (reference.IsEmpty) return null;
        _lookedUp = true;
        NotePlain(at, reference, form, quote);
        var length = reference.Length;
        if (mayHoldVariables && _variables.MayOccur)
        {
            _filled ??= new ArrayBufferWriter<byte>();
            var use = _variables.Fill(reference, _filled);
            if (use == VariableUse.TooLong) return HlsOutcome.LineTooLong;
            if (use is VariableUse.Unknown or VariableUse.UnknownAtStart) _unknown++;
            if (use == VariableUse.UnknownAtStart) return null;
            if (use != VariableUse.None) reference = _filled.WrittenSpan;
        }

        var mapped = _map.Decide(reference, form);
        if (mapped.Verdict != ReferenceVerdict.Replaced) return null;
        _lineGrowth += mapped.Length + (quote ? 2 : 0) - length;
        if (quote)
        {
            _output.Write(_playlist[_copied..at]);
            mapped.WriteTo(_output, "\""u8);
            _output.Write("\""u8);
        }
        else
        {
            mapped.WriteTo(_output, _playlist[_copied..at]);
        }

        _copied = at + length;
        return null;
    }

    /// <summary>One that is not plain, or a second one in its line, and the places of all are of no use.</summary>
    private void NotePlain(int at, ReadOnlySpan<byte> reference, ReferenceForm form, bool quote)
    {
        if (_plain is null) return;
        var isSecond = _plain.Count > 0 && _plain[^1] >= _lineStart;
        if (isSecond || quote || form != ReferenceForm.Shortest || _variables.MayOccur || !ReferenceSpelling.IsPlain(reference)) _plain = null;
        else _plain.Add(at);
    }

    private void CheckLength(int lineLength)
    {
        if (lineLength < HlsLimits.PortableLineBytes) _longestLine = Math.Max(_longestLine, lineLength);
        if (lineLength < HlsLimits.PortableLineBytes && lineLength + _lineGrowth >= HlsLimits.PortableLineBytes) _overlong++;
        _lineGrowth = 0;
    }
}

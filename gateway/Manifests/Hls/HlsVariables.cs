using System.Buffers;
using System.Collections.Frozen;
using System.Text;

namespace Gateway.Manifests.Hls;

/// <summary>
/// The variables of one playlist (EXT-X-DEFINE, draft-pantos-hls-rfc8216bis §4.3), filled in as its lines go by: a variable holds from its
/// definition on. A value may itself be made of variables that are defined before it, and is filled in at its definition, once: what comes of it is not
/// looked into again.
/// </summary>
/// <remarks>
/// A reference to a variable that is not defined is an error for players that know variables, and plain text for those that do not. Which
/// of them is listening is not known here, so such text is passed on literally: both see what they would see without a gateway. The same
/// holds for an imported variable whose multivariant playlist is not at hand. Where a name is defined twice, which is an error, the first counts, as with
/// hls.js and Shaka; that Shaka and others leave a value's own variables as they are does not matter, because they never see a reference that is not filled in.
/// </remarks>
internal sealed class HlsVariables
{
    private readonly FrozenDictionary<string, string> _importable;
    private readonly string _query;
    private Dictionary<string, string>? _values;
    private Dictionary<string, string>? _parameters;
    private ArrayBufferWriter<byte>? _scratch;
    private bool _anyDefine;
    private long _chars;
    private long _filledBytes;

    /// <param name="importable">Variables of the multivariant playlist; empty when that is not known.</param>
    /// <param name="query">Query of the playlist's URL, with or without its question mark.</param>
    public HlsVariables(FrozenDictionary<string, string> importable, string query)
    {
        _importable = importable;
        _query = query;
    }

    /// <summary>Whether references may hold variables at all; without an EXT-X-DEFINE before them <c>{$x}</c> is plain text.</summary>
    public bool MayOccur => _anyDefine;

    /// <summary>Whether a definition was left out because of <see cref="HlsLimits.VariableChars"/>.</summary>
    public bool IsOverfull { get; private set; }

    /// <summary>Whether any was to come from the multivariant playlist.</summary>
    public bool AnyImport { get; private set; }

    /// <summary>What a playlist defines, for the import into its media playlists.</summary>
    public static FrozenDictionary<string, string> DefinedBy(ReadOnlySpan<byte> playlist, Uri url)
    {
        var variables = new HlsVariables(FrozenDictionary<string, string>.Empty, url.Query);
        for (var lines = new HlsLines(playlist); lines.MoveNext();)
        {
            if (lines.TryTake("#EXT-X-DEFINE:"u8, out var list)) variables.Define(list, out _);
        }

        return variables._values?.ToFrozenDictionary(StringComparer.Ordinal) ?? FrozenDictionary<string, string>.Empty;
    }

    /// <summary>Takes in an EXT-X-DEFINE.</summary>
    /// <param name="attributes">Its attribute list.</param>
    /// <param name="fromQuery">The name, when its value came from the query.</param>
    /// <returns>The value; null when there is none.</returns>
    public string? Define(ReadOnlySpan<byte> attributes, out string? fromQuery)
    {
        _anyDefine = true;
        fromQuery = null;
        string? value = null;
        string? name = null;
        var list = new HlsAttributes(attributes);
        while (list.MoveNext())
        {
            if (list.Name.SequenceEqual("NAME"u8))
            {
                name = Encoding.UTF8.GetString(list.Value);
            }
            else if (list.Name.SequenceEqual("VALUE"u8))
            {
                value = ValueOf(list.Value);
            }
            else if (list.Name.SequenceEqual("IMPORT"u8))
            {
                AnyImport = true;
                name = Encoding.UTF8.GetString(list.Value);
                _importable.TryGetValue(name, out value);
            }
            else if (list.Name.SequenceEqual("QUERYPARAM"u8))
            {
                fromQuery = Encoding.UTF8.GetString(list.Value);
            }
        }

        if (fromQuery is not null)
        {
            name = fromQuery;
            value = FindInQuery(fromQuery);
        }

        if (name is null || value is null) return null;
        IsOverfull |= _chars + name.Length + value.Length > HlsLimits.VariableChars;
        if (IsOverfull) return null;
        _chars += name.Length + value.Length;
        _values ??= new Dictionary<string, string>(StringComparer.Ordinal);
        return _values.TryAdd(name, value) ? value : _values[name];
    }

    /// <summary>Fills in the variables of a reference.</summary>
    /// <param name="reference">As the playlist spells it.</param>
    /// <param name="filled">Gets the result.</param>
    /// <returns>How the filling in ended.</returns>
    public VariableUse Fill(ReadOnlySpan<byte> reference, ArrayBufferWriter<byte> filled)
    {
        var unknown = false;
        var any = false;
        filled.ResetWrittenCount();
        while (TryNext(reference, out var start, out var end))
        {
            if (_filledBytes >= HlsLimits.FilledBytes) return VariableUse.TooLong;
            any = true;
            filled.Write(reference[..start]);
            if (_values is not null && _values.TryGetValue(Encoding.UTF8.GetString(reference[(start + 2)..(end - 1)]), out var value))
            {
                Encoding.UTF8.GetBytes(value, filled);
            }
            else
            {
                unknown = true;
                filled.Write(reference[start..end]);
            }

            reference = reference[end..];
            if (IsTooLong(filled)) return VariableUse.TooLong;
        }

        if (!any) return VariableUse.None;
        filled.Write(reference);
        if (IsTooLong(filled)) return VariableUse.TooLong;
        _filledBytes += filled.WrittenCount;
        if (TryNext(filled.WrittenSpan, out var left, out _) && left == 0) return VariableUse.UnknownAtStart;
        return unknown ? VariableUse.Unknown : VariableUse.Filled;
    }

    /// <summary>Failed attempts count as well: the limit bounds the work.</summary>
    private bool IsTooLong(ArrayBufferWriter<byte> filled)
    {
        if (filled.WrittenCount <= HlsLimits.LineBytes && _filledBytes + filled.WrittenCount <= HlsLimits.FilledBytes) return false;
        _filledBytes += filled.WrittenCount;
        return true;
    }

    private string ValueOf(ReadOnlySpan<byte> value)
    {
        _scratch ??= new ArrayBufferWriter<byte>();
        var use = Fill(value, _scratch);
        IsOverfull |= use == VariableUse.TooLong;
        return Encoding.UTF8.GetString(use is VariableUse.None or VariableUse.TooLong ? value : _scratch.WrittenSpan);
    }

    private static bool TryNext(ReadOnlySpan<byte> text, out int start, out int end)
    {
        end = 0;
        start = 0;
        while (true)
        {
            var at = text[start..].IndexOf("{$"u8);
            if (at < 0) return false;
            start += at;
            end = start + 2;
            while (end < text.Length && IsNameByte(text[end])) end++;
            if (end < text.Length && text[end] == '}' && end > start + 2)
            {
                end++;
                return true;
            }

            start = end;
        }
    }

    private static bool IsNameByte(byte b) =>
        (uint)((b | 0x20) - 'a') < 26 || (uint)(b - '0') < 10 || b is (byte)'-' or (byte)'_';

    /// <summary>The query is read once, for a playlist may ask for as many parameters as it has lines; the first of a name counts.</summary>
    private string? FindInQuery(string name)
    {
        if (_parameters is null)
        {
            _parameters = new Dictionary<string, string>(StringComparer.Ordinal);
            var query = _query.AsSpan().TrimStart('?');
            foreach (var range in query.Split('&'))
            {
                var pair = query[range];
                var equals = pair.IndexOf('=');
                if (equals >= 0) _parameters.TryAdd(Uri.UnescapeDataString(pair[..equals]), Uri.UnescapeDataString(pair[(equals + 1)..]));
            }
        }

        return _parameters.GetValueOrDefault(name);
    }
}

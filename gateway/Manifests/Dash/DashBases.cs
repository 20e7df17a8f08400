using Gateway.Media;

namespace Gateway.Manifests.Dash;

/// <summary>
/// What references are resolved against at each level of a document. Maps are made when a reference asks for one, which in most MPDs none
/// does: their BaseURLs and templates are relative, and stay.
/// </summary>
internal ref struct DashBases
{
    private readonly ReferenceMap _document;
    private readonly bool _knowsContext;
    private readonly Span<MpdContext> _levels;
    private readonly Span<MpdReference> _sites;
    private readonly DashValues _values;
    private readonly DashBase[] _bases;
    private readonly bool[] _isKnown;
    private int[]? _highest;
    private ReferenceMap? _lastHighest;
    private int _lastSource = -1;

    public DashBases(DashValues values, Span<MpdContext> levels, Span<MpdReference> sites, ReferenceMap document, bool knowsContext)
    {
        _values = values;
        _levels = levels;
        _sites = sites;
        _document = document;
        _knowsContext = knowsContext;
        _bases = new DashBase[levels.Length];
        _isKnown = new bool[levels.Length];
        for (var i = 0; i < levels.Length; i++) Derive(i);
        for (var i = levels.Length - 1; i > 0; i--)
        {
            if (levels[i].Parent >= 0) levels[levels[i].Parent].Innermost = levels[i].Innermost;
        }
    }

    /// <summary>The base of a level: the first of its BaseURLs.</summary>
    public readonly DashBase Of(int level)
    {
        if (_isKnown[level]) return _bases[level];
        var above = Above(level);
        _bases[level] = _levels[level].FirstBase < 0 ? above : Follow(_levels[level].FirstBase, above);
        _isKnown[level] = true;
        return _bases[level];
    }

    /// <summary>What the BaseURLs of a level are relative to.</summary>
    public readonly DashBase Above(int level)
    {
        var parent = _levels[level].Parent;
        if (parent >= 0) return Of(parent);

        // A BaseURL of the MPD itself has nothing above it that could be put in. Everything else is below the one that is put in, and
        // so mirrored, whatever the document is.
        return _levels[level].FirstBase >= 0 && _knowsContext ? new DashBase(_document, true) : Mirrored(_document.Base);
    }

    /// <summary>
    /// Of a level and all inside of it, the base that lies highest in its cluster: a reference that does not climb too far from there does so
    /// from nowhere. Null when none is ours.
    /// </summary>
    public ReferenceMap? HighestOf(int level)
    {
        _highest ??= Measure();
        var found = _highest[level];
        if (found < 0) return null;
        if (found >= _sites.Length) return Of(found - _sites.Length).Map;
        if (found != _lastSource) _lastHighest = Follow(found, Above(_sites[found].Level)).Map;
        _lastSource = found;
        return _lastHighest;
    }

    private readonly void Derive(int index)
    {
        ref var context = ref _levels[index];
        var isRoot = context.Parent < 0;
        context.Innermost = index;
        context.DependsOnDocument = isRoot ? _knowsContext : _levels[context.Parent].DependsOnDocument;
        context.DependsOnContext = isRoot ? !_knowsContext : _levels[context.Parent].DependsOnContext;
        if (context.FirstBase < 0) return;
        var isAnyRelative = false;
        for (var i = context.FirstBase; i >= 0; i = _sites[i].NextBase) isAnyRelative |= _values.IsRelative(_sites[i]);
        context.DependsOnDocument &= isAnyRelative && !isRoot;
        context.DependsOnContext &= isAnyRelative;
    }

    private readonly DashBase Follow(int site, DashBase from)
    {
        var reference = _values.Read(_sites[site], out var rented);
        var isTold = from.Map is not null || DashValues.NamesHost(reference);
        var isUrl = UrlReference.TryResolve((from.Map ?? _document).Base, ReferenceSpelling.TextOf(reference), out var url) && url.AbsoluteUri.Length <= DashLimits.UrlLength;
        DashValues.Return(rented);
        return isTold && isUrl ? Mirrored(url!) : default;
    }

    private readonly DashBase Mirrored(Uri url) => new(_document.WithBase(url, mirrored: true), _document.TryLocate(url, out _));

    /// <summary>For each level the reference index of the BaseURL inside that lies highest, or, after all references, the level whose base does; -1 for none.</summary>
    private readonly int[] Measure()
    {
        var highest = new int[_levels.Length];
        var depths = new int[_levels.Length];
        Array.Fill(highest, -1);
        Array.Fill(depths, int.MaxValue);
        for (var i = _levels.Length - 1; i >= 0; i--)
        {
            ref readonly var context = ref _levels[i];
            if (!context.HasChild && context.FirstBase < 0) Consider(Of(i), _sites.Length + i, ref depths[i], ref highest[i]);
            for (var site = context.HasChild ? -1 : context.FirstBase; site >= 0; site = _sites[site].NextBase)
            {
                Consider(Follow(site, Above(i)), site, ref depths[i], ref highest[i]);
            }

            if (context.Parent < 0 || depths[context.Parent] <= depths[i]) continue;
            depths[context.Parent] = depths[i];
            highest[context.Parent] = highest[i];
        }

        return highest;
    }

    private readonly void Consider(DashBase at, int source, ref int depth, ref int highest)
    {
        if (!at.IsOurs || !_document.TryLocate(at.Map!.Base, out var address)) return;
        var slashes = address.Path.AsSpan().Count('/');
        if (slashes >= depth) return;
        depth = slashes;
        highest = source;
    }
}

using System.Buffers;
using System.Text;
using Gateway.Media;

namespace Gateway.Manifests.Dash;

/// <summary>
/// Second pass: with all levels and BaseURLs known, decides about every reference found, and writes the document with the necessary changes.
/// </summary>
/// <remarks>
/// <para>1. BaseURLs, level by level from the root, each alternative by itself. A relative one stays: the player's form of its parent is the
/// mapped form of the parent upstream already. An absolute one is replaced in full, because ffmpeg takes whatever does not begin
/// with <c>http</c> for a path relative to the MPD's directory, or for a local file (<c>resolve_content_path</c> in libavformat/dashdec.c).</para>
/// <para>2. If the player does not know the MPD under the mapped form of its upstream URL and the MPD has no BaseURL, but something in it depends
/// on the document's URL, one BaseURL is put in. Unlike rewriting each URL, that also holds for what xlinks and patches bring later.</para>
/// <para>3. All other references. What several Representations inherit is written for the first of them, and kept only if it is right for all.</para>
/// </remarks>
internal ref struct MpdEdit
{
    private readonly DashElement _root;
    private readonly int _basePosition;
    private readonly ReferenceMap _map;

    // The references of a patch are relative to the URL of an MPD that the player may know under another URL than its own.
    private readonly ReferenceMap _self;
    private readonly DashValues _values;
    private readonly ReadOnlySpan<byte> _prefix;
    private readonly Span<MpdContext> _levels;
    private readonly Span<MpdReference> _references;
    private readonly ArrayBufferWriter<byte> _scratch = new();
    private DashBases _bases;
    private MpdOutput _output;
    private bool[]? _hasBaseInside;
    private bool _putsBase;

    // While a BaseURL is written that has to open more than its own folder.
    private string? _inherited;

    /// <param name="document">The document.</param>
    /// <param name="scan">The first pass, for the document's root.</param>
    /// <param name="references">The references that it found, in the order of the document.</param>
    /// <param name="levels">The levels that it found, outer ones first.</param>
    /// <param name="map">Maps references to the gateway's paths.</param>
    /// <param name="isUtf8">Whether the document is UTF-8, rather than a single-byte encoding.</param>
    /// <param name="output">Gets the rewritten document, and nothing when nothing has to change.</param>
    public MpdEdit(
        ReadOnlySpan<byte> document,
        MpdReferenceScan scan,
        Span<MpdReference> references,
        Span<MpdContext> levels,
        ReferenceMap map,
        bool isUtf8,
        IBufferWriter<byte> output)
    {
        _root = scan.Root;
        _basePosition = scan.BasePosition;
        _output = new MpdOutput(document, output);
        _map = map;
        _self = scan.Root == DashElement.Patch ? map.WithBase(map.Base, mirrored: false) : map;
        _values = new DashValues(document, isUtf8);
        _prefix = document[scan.RootPrefix];
        _levels = levels;
        _references = references;
        _bases = new DashBases(_values, _levels, _references, map, scan.Root == DashElement.Mpd);
    }

    /// <returns>Whether anything had to change.</returns>
    public bool Run()
    {
        _putsBase = NeedsBase();
        foreach (var found in _references)
        {
            if (_putsBase && found.Start >= _basePosition) PutBase();
            switch (found.Kind)
            {
                case MpdReferenceKind.Base:
                    DecideBase(found);
                    break;
                case MpdReferenceKind.Segment or MpdReferenceKind.Asset:
                    DecideSegment(found);
                    break;
                default:
                    Decide(found, new DashBase(_self, true), ReferenceForm.Absolute);
                    break;
            }
        }

        if (_putsBase) PutBase();
        return _output.End();
    }

    private readonly bool NeedsBase()
    {
        if (_root != DashElement.Mpd || _map.IsMirrored || _levels[0].FirstBase >= 0) return false;
        foreach (ref readonly var context in _levels)
        {
            if (!context.HasChild && context.Parent >= 0 && context.DependsOnDocument) return true;
        }

        return false;
    }

    private void PutBase()
    {
        _putsBase = false;

        // "." resolves to the directory, with the slash at its end that ffmpeg needs.
        _scratch.ResetWrittenCount();
        _self.Map("."u8, ReferenceForm.Absolute, _scratch);
        _output.InsertBase(_basePosition, _prefix, _scratch.WrittenSpan);
    }

    private void DecideBase(MpdReference found)
    {
        ref readonly var context = ref _levels[found.Level];
        var reference = _values.Read(found, out var rented);
        var isBelowMirrored = context.Parent >= 0 || _map.IsMirrored || _root != DashElement.Mpd;
        if (!isBelowMirrored || _map.Target.HasLimits || !ReferenceSpelling.IsPlain(reference))
        {
            var staysIfRelative = context.Parent < 0 ? _root != DashElement.Mpd : _levels[context.Parent].DependsOnContext;
            _inherited = _map.Target.HasLimits ? InheritedFolder(found.Level) : null;
            Decide(found, reference, _bases.Above(found.Level), staysIfRelative, ReferenceForm.Absolute);
            _inherited = null;
        }

        DashValues.Return(rented);
    }

    private void DecideSegment(MpdReference found)
    {
        var innermost = _levels[found.Level].Innermost;
        var from = _bases.Of(innermost);
        var dependsOnContext = _levels[innermost].DependsOnContext;
        var reference = _values.Read(found, out var rented);
        var form = found.Kind == MpdReferenceKind.Asset || !from.IsOurs ? ReferenceForm.Absolute : ReferenceForm.AbsolutePath;
        if (_map.Target.HasLimits && ReferenceSpelling.IsPlain(reference) && (HasBaseInside(found.Level) || IsOpenedByEachBase(found.Level, reference)))
        {
            // What is inherited cannot be written for all bases inside; each of these has a ticket that opens it.
        }
        else if (DashValues.IsRelative(reference) && !dependsOnContext)
        {
            var highest = _bases.HighestOf(found.Level);
            _scratch.ResetWrittenCount();
            if (highest is not null && highest.Map(reference, ReferenceForm.Shortest, _scratch) != ReferenceVerdict.Keep)
            {
                Replace(found, reference, from.IsOurs ? from.Map! : highest, ReferenceForm.Absolute, form);
            }
        }
        else
        {
            Decide(found, reference, from, dependsOnContext, form);
        }

        DashValues.Return(rented);
    }

    /// <summary>The folder below its base in which the segments lie that a level inherits from those above it; null for none, or the base's own.</summary>
    private readonly string? InheritedFolder(int level)
    {
        foreach (var found in _references)
        {
            if (found.Kind != MpdReferenceKind.Segment || found.Level == level || !IsAbove(found.Level, level)) continue;
            var reference = _values.Read(found, out var rented);
            var slash = ReferenceSpelling.IsPlain(reference) ? ReferenceSpelling.Split(reference).Directory.Length : 0;
            var folder = slash > 0 ? Encoding.Latin1.GetString(reference[..slash]) : null;
            DashValues.Return(rented);
            if (folder is not null) return folder;
        }

        return null;
    }

    /// <summary>
    /// Whether a level has several bases to choose from, and each of them has a ticket for its own folder, in which the file lies: written out it would lie at the first alone.
    /// </summary>
    private readonly bool IsOpenedByEachBase(int level, ReadOnlySpan<byte> reference)
    {
        if (_levels[level].DependsOnContext || reference.Contains((byte)'/')) return false;
        var isAnyChoice = false;
        var nearest = -1;
        for (var at = level; at >= 0; at = _levels[at].Parent)
        {
            if (_levels[at].FirstBase < 0) continue;
            if (nearest < 0) nearest = at;
            isAnyChoice |= _references[_levels[at].FirstBase].NextBase >= 0;
        }

        return isAnyChoice && InheritedFolder(nearest) is null;
    }

    private readonly bool IsAbove(int above, int level)
    {
        while (level > above) level = _levels[level].Parent;
        return level == above;
    }

    /// <summary>Whether levels inside of one have BaseURLs of their own.</summary>
    private bool HasBaseInside(int level)
    {
        if (_hasBaseInside is null)
        {
            _hasBaseInside = new bool[_levels.Length];
            for (var i = _levels.Length - 1; i > 0; i--)
            {
                if (_levels[i].Parent >= 0) _hasBaseInside[_levels[i].Parent] |= _hasBaseInside[i] || _levels[i].FirstBase >= 0;
            }
        }

        return _hasBaseInside[level];
    }

    private void Decide(MpdReference found, DashBase from, ReferenceForm form)
    {
        var reference = _values.Read(found, out var rented);
        Decide(found, reference, from, staysIfRelative: false, form);
        DashValues.Return(rented);
    }

    private ReferenceVerdict Decide(
        MpdReference found, ReadOnlySpan<byte> reference, DashBase from, bool staysIfRelative, ReferenceForm form)
    {
        if (!DashValues.IsRelative(reference))
        {
            // A path from the root of a foreign base is foreign as well.
            return !from.IsOurs && !DashValues.NamesHost(reference) ? ReferenceVerdict.Keep : Replace(found, reference, from.Map ?? _map, form, form);
        }

        if (!from.IsOurs || staysIfRelative) return ReferenceVerdict.Keep;
        _scratch.ResetWrittenCount();
        var verdict = from.Map!.Map(reference, ReferenceForm.Shortest, _scratch);
        return verdict == ReferenceVerdict.Replaced ? Replace(found, reference, from.Map, ReferenceForm.Absolute, form) : verdict;
    }

    /// <summary>Maps a reference in one form, which may only be wanted so that it is mapped at all, and writes it in another.</summary>
    private ReferenceVerdict Replace(
        MpdReference found, ReadOnlySpan<byte> reference, ReferenceMap map, ReferenceForm forced, ReferenceForm form)
    {
        _scratch.ResetWrittenCount();
        var verdict = map.Map(reference, forced, _scratch);
        if (verdict != ReferenceVerdict.Replaced) return verdict;
        var text = _scratch.WrittenSpan;
        var origin = _map.Target.PublicOrigin;
        if (_inherited is not null && TryWidenTicket(map, reference, text, out var widened))
        {
            _output.Replace(_values, found, widened);
            return verdict;
        }

        if (form == ReferenceForm.AbsolutePath && forced == ReferenceForm.Absolute && text.StartsWith(Encoding.UTF8.GetBytes(origin + "/")))
        {
            text = text[Encoding.UTF8.GetByteCount(origin)..];
        }

        _output.Replace(_values, found, text);
        return verdict;
    }

    /// <summary>Gives a base the ticket of the folder below it in which inherited segments lie, where its own does not open that.</summary>
    private readonly bool TryWidenTicket(ReferenceMap map, ReadOnlySpan<byte> reference, ReadOnlySpan<byte> text, out byte[] widened)
    {
        widened = [];
        if (!map.TryLocate(reference, out var address)) return false;
        var folder = address.Path[..(address.Path.LastIndexOf('/') + 1)];
        if (!_map.Target.IsLimited && _map.Target.OpensBelow is { } opens && opens(folder)) return false;
        var before = Encoding.UTF8.GetBytes(_map.Target.PublicOrigin + _map.Target.TicketPath(address with { Path = folder, Query = "" }));
        if (!text.StartsWith(before)) return false;
        var after = _map.Target.PublicOrigin + _map.Target.TicketPath(new MediaAddress(address.Cluster, folder + _inherited, ""));
        widened = [.. Encoding.UTF8.GetBytes(after), .. text[before.Length..]];
        return true;
    }
}

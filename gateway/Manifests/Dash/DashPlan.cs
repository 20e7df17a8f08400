using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;

namespace Gateway.Manifests.Dash;

/// <summary>
/// Second pass: with all levels and BaseURLs known, decides about every noted place and collects the edits.
/// </summary>
/// <remarks>
/// <para>1. BaseURLs, level by level from the root, each alternative by itself. A relative one stays: the player's form of its parent is the
/// mapped form of the parent upstream already. An absolute one is replaced in full, because ffmpeg takes whatever does not begin
/// with <c>http</c> for a path relative to the MPD's directory, or for a local file (<c>resolve_content_path</c> in libavformat/dashdec.c).</para>
/// <para>2. If the player does not know the MPD under the mapped form of its upstream URL and the MPD has no BaseURL, but something in it depends
/// on the document's URL, one BaseURL is put in. Unlike rewriting each URL, that also holds for what xlinks and patches bring later.</para>
/// <para>3. All other places. What several Representations inherit is written for the first of them, and kept only if it is right for all.</para>
/// </remarks>
internal ref struct DashPlan
{
    private readonly ReadOnlySpan<byte> _document;
    private readonly DashScan _scan;
    private readonly ReferenceMap _map;
    private readonly bool _isUtf8;
    private readonly bool _knowsContext;

    // Under a BaseURL that is put in, everything below the root is mirrored, whatever the document is.
    private readonly ReferenceMap? _below;

    // The references of a patch are relative to the URL of an MPD that the player may know under another URL than its own.
    private readonly ReferenceMap _self;
    private readonly Span<DashLevel> _levels;
    private readonly Span<DashSite> _sites;
    private readonly ArrayBufferWriter<byte> _scratch = new();

    public DashPlan(ReadOnlySpan<byte> document, DashScan scan, ReferenceMap map, bool isUtf8)
    {
        _document = document;
        _scan = scan;
        _map = map;
        _isUtf8 = isUtf8;
        _knowsContext = scan.Root == DashElement.Mpd;
        _below = map.TryLocate(map.Base, out _) ? map.WithBase(map.Base, mirrored: true) : null;
        _self = scan.Root == DashElement.Patch ? map.WithBase(map.Base, mirrored: false) : map;
        _levels = CollectionsMarshal.AsSpan(scan.Levels);
        _sites = CollectionsMarshal.AsSpan(scan.Sites);
    }

    /// <summary>What has to change, in the order of the document.</summary>
    public List<DashEdit> Edits { get; } = [];

    /// <summary>What the edits put in.</summary>
    public ArrayBufferWriter<byte> Texts { get; } = new();

    public readonly void Run()
    {
        for (var i = 0; i < _levels.Length; i++) ResolveBases(i);
        SpreadUp();
        if (_knowsContext && !_map.IsMirrored) PutBase();
        foreach (var site in _sites)
        {
            if (site.Place is DashPlace.Segment or DashPlace.Asset) DecideSegment(site);
            else if (site.Place != DashPlace.Base) Decide(site, _self, ReferenceForm.Absolute);
        }

        CollectionsMarshal.AsSpan(Edits).Sort();
    }

    private readonly void ResolveBases(int index)
    {
        ref var level = ref _levels[index];
        var isRoot = level.Parent < 0;
        ref readonly var parent = ref _levels[Math.Max(level.Parent, 0)];
        var parentMap = isRoot ? _below : parent.Map;
        var parentDepends = isRoot ? _knowsContext : parent.DependsOnDocument;
        var parentContext = isRoot ? !_knowsContext : parent.DependsOnContext;
        level.Innermost = index;
        level.Highest = index;
        if (level.FirstBase < 0)
        {
            level.Map = parentMap;
            level.DependsOnDocument = parentDepends;
            level.DependsOnContext = parentContext;
            level.Depth = isRoot ? DepthOf(parentMap) : parent.Depth;
            return;
        }

        // A relative BaseURL of the MPD itself has nothing that was put in above it.
        var from = isRoot && _knowsContext ? _map : parentMap;
        level.Depth = int.MaxValue;
        for (var i = level.FirstBase; i >= 0; i = _sites[i].NextBase)
        {
            var reference = Read(_sites[i], out var rented);
            var relative = IsRelative(reference);
            var stays = relative && (from is null || parentContext || !isRoot || _map.IsMirrored) && ReferenceSpelling.IsPlain(reference);
            var verdict = stays ? ReferenceVerdict.Keep : Decide(_sites[i], reference, from, parentContext, ReferenceForm.Absolute);
            var map = BaseOf(reference, from, verdict);
            Return(rented);
            level.Depth = Math.Min(level.Depth, DepthOf(map));
            level.DependsOnDocument |= relative && parentDepends && !isRoot;
            level.DependsOnContext |= relative && parentContext;
            if (i == level.FirstBase) level.Map = map;
        }
    }

    /// <summary>The map of what a BaseURL leads to; null if that is not ours.</summary>
    private readonly ReferenceMap? BaseOf(ReadOnlySpan<byte> reference, ReferenceMap? from, ReferenceVerdict verdict)
    {
        var relative = IsRelative(reference);
        if (verdict == ReferenceVerdict.Foreign || (verdict == ReferenceVerdict.Keep && !relative) || (from is null && relative)) return null;
        if (!Uri.TryCreate((from ?? _map).Base, Encoding.UTF8.GetString(reference), out var url)) return null;
        return url.Scheme is "http" or "https" && _map.TryLocate(url, out _) ? _map.WithBase(url, mirrored: true) : null;
    }

    private readonly int DepthOf(ReferenceMap? map) =>
        map is not null && _knowsContext && _map.TryLocate(map.Base, out var address) ? address.Path.AsSpan().Count('/') : int.MaxValue;

    /// <summary>Lets inherited references see the levels inside.</summary>
    private readonly void SpreadUp()
    {
        for (var i = _levels.Length - 1; i > 0; i--)
        {
            ref readonly var level = ref _levels[i];
            if (level.Parent < 0) continue;
            ref var parent = ref _levels[level.Parent];
            parent.Innermost = level.Innermost;
            if (_levels[level.Highest].Depth <= _levels[parent.Highest].Depth) parent.Highest = level.Highest;
        }
    }

    private readonly void PutBase()
    {
        if (_levels[0].FirstBase >= 0) return;
        foreach (ref readonly var level in _levels)
        {
            if (level.HasChild || level.Parent < 0 || !level.DependsOnDocument) continue;
            var prefix = _document[_scan.RootPrefix];
            var start = Texts.WrittenCount;
            Texts.Write("<"u8);
            Texts.Write(prefix);
            Texts.Write("BaseURL>"u8);
            _scratch.ResetWrittenCount();

            // "." resolves to the directory, with the slash at its end that ffmpeg needs.
            _self.Map("."u8, ReferenceForm.Absolute, _scratch);
            XmlValue.Encode(_scratch.WrittenSpan, DashSpelling.Text, Texts);
            Texts.Write("</"u8);
            Texts.Write(prefix);
            Texts.Write("BaseURL>"u8);
            Edits.Add(new DashEdit(_scan.BasePosition, 0, start, Texts.WrittenCount - start));
            return;
        }
    }

    private readonly void DecideSegment(DashSite site)
    {
        ref readonly var level = ref _levels[site.Level];
        ref readonly var innermost = ref _levels[level.Innermost];
        ref readonly var highest = ref _levels[level.Highest];
        var reference = Read(site, out var rented);
        var form = site.Place == DashPlace.Asset || innermost.Map is null ? ReferenceForm.Absolute : ReferenceForm.AbsolutePath;
        if (IsRelative(reference) && highest.Map is not null && !innermost.DependsOnContext)
        {
            _scratch.ResetWrittenCount();
            var isRightForAll = highest.Map.Map(reference, ReferenceForm.Shortest, _scratch) == ReferenceVerdict.Keep;
            if (!isRightForAll) Replace(site, reference, innermost.Map ?? highest.Map, ReferenceForm.Absolute, form);
        }
        else
        {
            Decide(site, reference, innermost.Map, innermost.DependsOnContext, form);
        }

        Return(rented);
    }

    private readonly void Decide(DashSite site, ReferenceMap from, ReferenceForm form)
    {
        var reference = Read(site, out var rented);
        Decide(site, reference, from, staysIfRelative: false, form);
        Return(rented);
    }

    private readonly ReferenceVerdict Decide(
        DashSite site, ReadOnlySpan<byte> reference, ReferenceMap? from, bool staysIfRelative, ReferenceForm form)
    {
        if (!IsRelative(reference))
        {
            // A path from the root of a base that is not ours is not ours either; with an authority of its own the base does not matter.
            var standsAlone = ReferenceSpelling.SchemeLength(reference) > 0 || reference.StartsWith("//"u8);
            return from is null && !standsAlone ? ReferenceVerdict.Keep : Replace(site, reference, from ?? _map, form, form);
        }

        if (from is null || staysIfRelative) return ReferenceVerdict.Keep;
        _scratch.ResetWrittenCount();
        var verdict = from.Map(reference, ReferenceForm.Shortest, _scratch);
        return verdict == ReferenceVerdict.Replaced ? Replace(site, reference, from, ReferenceForm.Absolute, form) : verdict;
    }

    /// <summary>Maps a reference in one form, which may only be wanted so that it is mapped at all, and writes it in another.</summary>
    private readonly ReferenceVerdict Replace(
        DashSite site, ReadOnlySpan<byte> reference, ReferenceMap map, ReferenceForm forced, ReferenceForm form)
    {
        _scratch.ResetWrittenCount();
        var verdict = map.Map(reference, forced, _scratch);
        if (verdict != ReferenceVerdict.Replaced) return verdict;
        var text = _scratch.WrittenSpan;
        var origin = _map.Target.PublicOrigin;
        if (form == ReferenceForm.AbsolutePath && forced == ReferenceForm.Absolute && text.StartsWith(Encoding.UTF8.GetBytes(origin + "/")))
        {
            text = text[Encoding.UTF8.GetByteCount(origin)..];
        }

        Edit(site, text);
        return verdict;
    }

    private readonly void Edit(DashSite site, ReadOnlySpan<byte> text)
    {
        var start = Texts.WrittenCount;
        if (site.Spelling != DashSpelling.Mixed)
        {
            XmlValue.Encode(text, site.Spelling, Texts);
            Edits.Add(new DashEdit(site.Start, site.Length, start, Texts.WrittenCount - start));
            return;
        }

        // The first run of characters takes the whole URL, the others give up theirs; comments between them stay.
        var raw = _document.Slice(site.Start, site.Length);
        var written = false;
        for (var position = 0; XmlValue.TryReadRun(raw, ref position, out var run, out var spelling);)
        {
            var trimmed = raw[run].Trim(" \t\r\n"u8);
            if (trimmed.IsEmpty) continue;
            if (!written) XmlValue.Encode(text, spelling, Texts);
            var length = written ? 0 : Texts.WrittenCount - start;
            var from = site.Start + run.Start.Value + (raw[run].Length - raw[run].TrimStart(" \t\r\n"u8).Length);
            Edits.Add(new DashEdit(from, trimmed.Length, start, length));
            written = true;
        }
    }

    /// <summary>The value of a place, trimmed; usually the document's own bytes.</summary>
    private readonly ReadOnlySpan<byte> Read(DashSite site, out byte[]? rented)
    {
        var raw = _document.Slice(site.Start, site.Length);
        rented = null;
        if (XmlValue.IsLiteral(raw, site.Spelling)) return raw.Trim(" \t\r\n"u8);
        rented = ArrayPool<byte>.Shared.Rent(raw.Length * 2);
        return rented.AsSpan(0, XmlValue.Decode(raw, site.Spelling, _isUtf8, rented)).Trim(" \t\r\n"u8);
    }

    private static void Return(byte[]? rented)
    {
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
    }

    private static bool IsRelative(ReadOnlySpan<byte> reference) =>
        (reference.IsEmpty || reference[0] is not ((byte)'/' or (byte)'\\')) && ReferenceSpelling.SchemeLength(reference) == 0;
}

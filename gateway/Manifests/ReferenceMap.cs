using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;
using Gateway.Media;
using Gateway.Origin;

namespace Gateway.Manifests;

/// <summary>
/// Maps references of one manifest to the URLs that the player shall request: resolves against the upstream's final URL (RFC 3986 §5.2), finds the
/// cluster, and writes the gateway's own path. Deterministic: the same reference gives the same bytes for the whole session.
/// </summary>
/// <remarks>
/// <para>Not thread-safe; made per rewrite.</para>
/// <para>A manifest names few directories and many files. Where a reference leads is decided per directory and remembered; file name and
/// query are appended as they are spelled, so nothing is ever unescaped or escaped anew, <c>%2F</c> stays <c>%2F</c>, distinct references
/// stay distinct, and the extension is kept. The ordinary relative reference costs a look at its bytes, and no memory.</para>
/// <para>A reference that is foreign keeps its bytes where the player still resolves them to the same URL; otherwise it is written as an
/// absolute URL of the foreign host, so that it can never lead to the gateway by accident.</para>
/// </remarks>
internal sealed class ReferenceMap
{
    /// <summary>Characters of directories that are resolved for one manifest, with their base: 300,000 different ones of 200 each. Neighbours that share theirs count once.</summary>
    private const long MostWork = 64 << 20;

    /// <summary>What a directory costs however short it is: its ticket above all.</summary>
    private const int DirectoryWork = 128;

    private readonly ReferenceBase _base;
    private readonly ReferenceTarget _target;
    private readonly bool _mirrored;
    private readonly bool _isLimited;
    private readonly StrongBox<int> _foreign;

    private readonly StrongBox<long> _work;

    // Neighbouring references share their directory; keys, maps and several hosts take turns. Four is more than any manifest alternates.
    private readonly MappedDirectory?[] _recent = new MappedDirectory?[4];
    private int _oldest;
    private byte[] _clean = [];
    private MappedDirectory? _own;
    private string? _ownTicketPath;
    private ResolvedDirectory? _ownDirectory;

    /// <param name="upstreams">The configured clusters.</param>
    /// <param name="cluster">Cluster that the manifest came from; preferred where several hold a URL.</param>
    /// <param name="upstreamBase">Final URL of the manifest after redirects.</param>
    /// <param name="target">How the player reaches the gateway.</param>
    /// <param name="mirrored">
    /// Whether the player's own URL for this manifest is the mapped form of <paramref name="upstreamBase"/>, so that relative references
    /// resolve right by themselves.
    /// </param>
    public ReferenceMap(UpstreamTable upstreams, string cluster, Uri upstreamBase, ReferenceTarget target, bool mirrored)
        : this(upstreams, cluster, upstreamBase, target, mirrored, new StrongBox<int>(), new StrongBox<long>())
    {
    }

    private ReferenceMap(
        UpstreamTable upstreams, string cluster, Uri upstreamBase, ReferenceTarget target, bool mirrored, StrongBox<int> foreign, StrongBox<long> work)
    {
        _base = new ReferenceBase(upstreams, cluster, upstreamBase);
        _target = target;
        // A folder whose ticket does not open what is below has no relative references.
        _isLimited = target.IsLimited || (target.OpensBelow is { } opens && (_ownDirectory = _base.Resolve([])).Cluster is not null && !opens(_ownDirectory.Path));
        _mirrored = mirrored && !_isLimited;
        _foreign = foreign;
        _work = work;
    }

    /// <summary>URL against which references are resolved.</summary>
    public Uri Base => _base.Url;

    /// <summary>Whether relative references of the manifest lead through the gateway as they stand.</summary>
    public bool IsMirrored => _mirrored;

    /// <summary>Whether the ticket of the base's folder does not open what lies below.</summary>
    public bool IsLimited => _isLimited;

    /// <summary>How the player reaches the gateway.</summary>
    public ReferenceTarget Target => _target;

    /// <summary>References that led to hosts that are not configured.</summary>
    public int ForeignCount => _foreign.Value;

    /// <summary>The same map for references that a DASH document resolves against another base; foreign ones are counted together.</summary>
    /// <param name="url">The base.</param>
    /// <param name="mirrored">Whether the player resolves against the mapped form of it.</param>
    public ReferenceMap WithBase(Uri url, bool mirrored) => new(_base.Upstreams, _base.Cluster, url, _target, mirrored, _foreign, _work);

    /// <summary>Finds the address of an absolute URL; false for hosts that are not configured.</summary>
    public bool TryLocate(Uri url, out MediaAddress address) => _base.Upstreams.TryLocate(url, _base.Cluster, out address);

    /// <summary>Decides about one reference and, for <see cref="ReferenceVerdict.Replaced"/>, writes what stands in its place.</summary>
    /// <param name="reference">Its bytes, without surrounding white space.</param>
    /// <param name="form">How it must be written.</param>
    /// <param name="replacement">Gets nothing unless the verdict is <see cref="ReferenceVerdict.Replaced"/>.</param>
    /// <exception cref="ManifestRefusedException">The manifest names directories beyond all bounds, or there is no space for the replacement.</exception>
    public ReferenceVerdict Map(ReadOnlySpan<byte> reference, ReferenceForm form, IBufferWriter<byte> replacement)
    {
        var mapped = Decide(reference, form);
        if (mapped.Verdict == ReferenceVerdict.Replaced) mapped.WriteTo(replacement, []);
        return mapped.Verdict;
    }

    /// <summary>Decides about one reference.</summary>
    /// <param name="reference">Its bytes, without surrounding white space; to stay as they are until the decision is carried out.</param>
    /// <param name="form">How it must be written.</param>
    /// <exception cref="ManifestRefusedException">The manifest names directories beyond all bounds.</exception>
    public MappedReference Decide(ReadOnlySpan<byte> reference, ReferenceForm form)
    {
        if (!ReferenceSpelling.IsPlain(reference) || (_isLimited && reference.Contains((byte)'/'))) return DecideWithCare(reference, form);
        if (_mirrored && form != ReferenceForm.Absolute) return new MappedReference(ReferenceVerdict.Keep);
        _own ??= Place([]);
        if (_own.Cluster is null) _foreign.Value++;
        return new MappedReference(_own.Before(form), reference, [], []);
    }

    /// <summary>What is written before every plain relative path (<see cref="ReferenceSpelling.IsPlain"/>) in the shortest form; false where that depends on the path, or such paths stay as they are, or lead past the gateway.</summary>
    public bool TryPlain(out ReadOnlySpan<byte> before)
    {
        before = default;
        if (_isLimited || _mirrored) return false;
        _own ??= Place([]);
        if (_own.Cluster is null) return false;
        before = _own.Before(ReferenceForm.Shortest);
        return true;
    }

    /// <summary>Finds where a reference leads upstream; false for other schemes, foreign hosts and what is no URI reference.</summary>
    public bool TryLocate(ReadOnlySpan<byte> reference, out MediaAddress address) => _base.TryLocate(reference, out address);

    private MappedReference DecideWithCare(ReadOnlySpan<byte> reference, ReferenceForm form)
    {
        if (IsOpaque(reference)) return new MappedReference(ReferenceVerdict.Keep);
        if (!ReferenceSpelling.IsUnclean(reference)) return DecideClean(reference, form, false);
        if (_clean.Length < reference.Length * 3) _clean = new byte[reference.Length * 3];
        return DecideClean(_clean.AsSpan(0, ReferenceSpelling.Clean(reference, _clean)), form, true);
    }

    private MappedReference DecideClean(ReadOnlySpan<byte> reference, ReferenceForm form, bool cleaned)
    {
        if (cleaned && IsOpaque(reference)) return new MappedReference(ReferenceVerdict.Keep);
        var parts = ReferenceSpelling.Split(reference);
        var directory = Find(parts.Directory);
        if (directory.Kind == DirectoryKind.Opaque) return new MappedReference(ReferenceVerdict.Keep);
        if (directory.Cluster is null) _foreign.Value++;
        if (!cleaned && directory.IsRightAsItStands(form)) return new MappedReference(directory.Cluster is null ? ReferenceVerdict.Foreign : ReferenceVerdict.Keep);

        var file = parts.File;
        if (parts.Directory.IsEmpty && file.IsEmpty)
        {
            // RFC 3986 §5.2.2: a reference without a path means the manifest itself, and its query unless it brings its own.
            file = Encoding.Latin1.GetBytes(parts.Query.IsEmpty ? _base.File + Base.Query : _base.File);
        }

        return new MappedReference(directory.Before(form), file, parts.Query, parts.Fragment);
    }

    /// <summary>Other schemes are recognised before anything else, because a data: URI may be long.</summary>
    private static bool IsOpaque(ReadOnlySpan<byte> reference)
    {
        var scheme = reference[..ReferenceSpelling.SchemeLength(reference)];
        return !scheme.IsEmpty && !Ascii.EqualsIgnoreCase(scheme, "http:"u8) && !Ascii.EqualsIgnoreCase(scheme, "https:"u8);
    }

    private MappedDirectory Find(ReadOnlySpan<byte> directory)
    {
        foreach (var recent in _recent)
        {
            if (recent is not null && directory.SequenceEqual(recent.Spelling)) return recent;
        }

        var place = Place(directory);
        _recent[_oldest] = place;
        _oldest = (_oldest + 1) % _recent.Length;
        return place;
    }

    private MappedDirectory Place(ReadOnlySpan<byte> directory)
    {
        _work.Value += DirectoryWork + _base.Directory.Length + directory.Length;
        if (_work.Value > MostWork) throw new ManifestRefusedException(ManifestOutcome.TooLarge);
        if (TryRecogniseOwn(directory) is { } ours) return ours;
        var resolved = _base.Resolve(directory);
        if (resolved.Kind == DirectoryKind.Opaque) return new MappedDirectory(directory, resolved.Kind, null, "", "", MappedAsItStands.Never);
        if (resolved.Cluster is null)
        {
            var sameForPlayer = resolved.Kind == DirectoryKind.Absolute
                || (resolved.Kind == DirectoryKind.SchemeRelative && _target.PublicOrigin.StartsWith(Base.Scheme + ":", StringComparison.OrdinalIgnoreCase));
            var url = resolved.Authority + resolved.Spelling;
            return new MappedDirectory(directory, resolved.Kind, null, "", url, sameForPlayer ? MappedAsItStands.Always : MappedAsItStands.Never);
        }

        var folder = TicketFolder(resolved.Path);
        var ticket = _target.TicketPath(new MediaAddress(resolved.Cluster, folder, ""));
        var stands = _mirrored
            && resolved is { Kind: DirectoryKind.Relative, StaysBelowRoot: true }
            && (string.Equals(ticket, OwnTicketPath(), StringComparison.Ordinal) || IsBelowOwn(resolved));
        return new MappedDirectory(
            directory,
            resolved.Kind,
            resolved.Cluster,
            _target.PublicOrigin,
            $"{ticket}/{resolved.Cluster}{resolved.Spelling}",
            stands ? MappedAsItStands.AsPath : MappedAsItStands.Never);
    }

    /// <summary>The part of a directory before the variables of a template: a ticket for a variable would open nothing.</summary>
    private string TicketFolder(string path)
    {
        // "$$" is an escaped dollar sign to DASH, and two of them to HLS: a ticket for the folder above opens both.
        var variable = path.IndexOf(_target.TakesVariables ? "$$" : "$", StringComparison.Ordinal);
        return variable < 0 ? path : path[..(path.LastIndexOf('/', variable) + 1)];
    }

    /// <summary>The ticket of a folder opens what lies deeper in it.</summary>
    private bool IsBelowOwn(ResolvedDirectory directory)
    {
        _ownDirectory ??= _base.Resolve([]);
        return string.Equals(directory.Cluster, _ownDirectory.Cluster, StringComparison.Ordinal)
            && directory.Path.StartsWith(_ownDirectory.Path, StringComparison.Ordinal);
    }

    /// <summary>
    /// A reference that leads to the gateway already is left alone, so that rewriting twice is the same as once. By path alone it counts as
    /// ours only under the very ticket that we would give it: an upstream may be a gateway like this one.
    /// </summary>
    private MappedDirectory? TryRecogniseOwn(ReadOnlySpan<byte> directory)
    {
        var path = Encoding.Latin1.GetString(directory);
        var absolute = path.StartsWith(_target.PublicOrigin + "/", StringComparison.OrdinalIgnoreCase);
        if (absolute) path = path[_target.PublicOrigin.Length..];
        if (!path.StartsWith('/')) return null;
        var ownTicket = OwnTicketPath();
        var routeEnd = ownTicket.LastIndexOf('/') + 1;
        if (!path.AsSpan().StartsWith(ownTicket.AsSpan(0, routeEnd))) return null;
        var ticketEnd = path.IndexOf('/', routeEnd);
        var clusterEnd = ticketEnd < 0 ? -1 : path.IndexOf('/', ticketEnd + 1);
        if (clusterEnd < 0 || ReferenceBase.HasDotSegment(path)) return null;
        var address = new MediaAddress(path[(ticketEnd + 1)..clusterEnd], ReferenceBase.ToWirePath(path[clusterEnd..]), "");
        if (absolute)
        {
            // With its host even in the short form: under another ticket its path alone would not be recognised the next time.
            return new MappedDirectory(
                directory, DirectoryKind.Absolute, address.Cluster, "", _target.PublicOrigin + path, MappedAsItStands.Always);
        }

        return _base.Upstreams.Knows(address.Cluster) && _target.TicketPath(address with { Path = TicketFolder(address.Path) }).AsSpan().SequenceEqual(path.AsSpan(0, ticketEnd))
            ? new MappedDirectory(directory, DirectoryKind.AbsolutePath, address.Cluster, _target.PublicOrigin, path, MappedAsItStands.AsPath)
            : null;
    }

    private string OwnTicketPath()
    {
        if (_ownTicketPath is not null) return _ownTicketPath;
        var own = _ownDirectory ??= _base.Resolve([]);
        return _ownTicketPath = _target.TicketPath(own.Cluster is null ? new MediaAddress(_base.Cluster, "/", "") : new MediaAddress(own.Cluster, TicketFolder(own.Path), ""));
    }
}

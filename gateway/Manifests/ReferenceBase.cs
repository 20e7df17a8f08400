using System.Buffers;
using System.Text;
using Gateway.Media;
using Gateway.Origin;

namespace Gateway.Manifests;

/// <summary>
/// The URL of a manifest, against which its references are resolved (RFC 3986 §5.2), and the configured clusters where they may lie.
/// </summary>
/// <remarks>
/// <para>Text is carried as Latin-1, one character per byte, so that the spelling of a reference survives whatever its encoding is; nothing
/// is unescaped or escaped on the way except in <see cref="MediaAddress"/>, which is the form that a client puts on the wire.</para>
/// <para>Dot segments, plain or escaped, are resolved here and never reach a cluster: a path that leaves the path prefix of every
/// destination is foreign.</para>
/// </remarks>
internal sealed class ReferenceBase
{
    /// <summary>Longest file name that is made a part of a path without a string of its own.</summary>
    private const int ShortFile = 256;

    /// <summary>Longest directory that is remembered: a manifest must not have more kept beside it than its own bytes.</summary>
    private const int LongestKept = 1024;

    private Found? _lastFound;
    private string? _authority;

    /// <param name="upstreams">The configured clusters.</param>
    /// <param name="cluster">Cluster that the manifest came from; preferred where several hold a URL.</param>
    /// <param name="url">Final URL of the manifest after redirects.</param>
    public ReferenceBase(UpstreamTable upstreams, string cluster, Uri url)
    {
        Upstreams = upstreams;
        Cluster = cluster;
        Url = url;
        var path = url.AbsolutePath;
        var file = path.LastIndexOf('/') + 1;
        Directory = path[..file];
        File = path[file..];
    }

    public UpstreamTable Upstreams { get; }

    /// <summary>Cluster that the manifest came from.</summary>
    public string Cluster { get; }

    /// <summary>URL against which references are resolved.</summary>
    public Uri Url { get; }

    /// <summary>Path of the URL up to and with its last slash.</summary>
    public string Directory { get; }

    /// <summary>Path of the URL after its last slash.</summary>
    public string File { get; }

    /// <summary>Whether references lead to the same places from another one: its query is part of none but the empty one.</summary>
    public bool IsSame(ReferenceBase other) =>
        ReferenceEquals(Upstreams, other.Upstreams) && string.Equals(Cluster, other.Cluster, StringComparison.Ordinal)
        && string.Equals(Directory, other.Directory, StringComparison.Ordinal) && string.Equals(File, other.File, StringComparison.Ordinal)
        && string.Equals(Url.Scheme, other.Url.Scheme, StringComparison.Ordinal) && string.Equals(Url.Authority, other.Url.Authority, StringComparison.Ordinal);

    /// <summary>Finds out where the directory of a reference leads.</summary>
    /// <param name="directory"><see cref="ReferenceSpelling.Directory"/> of a clean reference.</param>
    public ResolvedDirectory Resolve(ReadOnlySpan<byte> directory)
    {
        var scheme = ReferenceSpelling.SchemeLength(directory);
        var rest = directory[scheme..];
        var host = Url;
        var kind = DirectoryKind.Relative;
        if (scheme > 0 && !IsHttp(directory[..scheme])) return ResolvedDirectory.Opaque;
        if (rest.StartsWith("//"u8))
        {
            var authority = rest[2..];
            var slash = authority.IndexOf((byte)'/');
            rest = slash < 0 ? [] : authority[slash..];
            if (slash >= 0) authority = authority[..slash];
            var name = scheme > 0 ? Encoding.Latin1.GetString(directory[..scheme]) : Url.Scheme + ":";
            if (authority.IsEmpty || !Uri.TryCreate($"{name}//{Encoding.UTF8.GetString(authority)}/", UriKind.Absolute, out host!))
            {
                return ResolvedDirectory.Opaque;
            }

            kind = scheme > 0 ? DirectoryKind.Absolute : DirectoryKind.SchemeRelative;
        }
        else if (scheme > 0)
        {
            // "http:x" is no URL (RFC 3986 §4.2), and what players make of it differs.
            return ResolvedDirectory.Opaque;
        }
        else if (rest.StartsWith("/"u8))
        {
            kind = DirectoryKind.AbsolutePath;
        }

        var given = kind == DirectoryKind.Relative ? Directory : "/";
        var path = RemoveDotSegments(given, Encoding.Latin1.GetString(rest), out var lowest, out var escapedDots, out _);
        var wire = ToWirePath(path);
        var found = Upstreams.TryFind(host, wire, Cluster, out var upstream);
        return new ResolvedDirectory
        {
            Kind = kind,
            Cluster = found ? upstream.Cluster : null,
            Path = found ? upstream.Below(wire) : wire,
            Spelling = !found ? path : path.StartsWith(upstream.Prefix, StringComparison.Ordinal) ? upstream.Below(path) : upstream.Below(wire),
            Authority = ReferenceEquals(host, Url) ? _authority ??= AuthorityOf(Url) : AuthorityOf(host),
            StaysBelowRoot = found && !escapedDots && lowest >= upstream.Prefix.AsSpan().Count('/'),
        };
    }

    /// <summary>The address of a reference in a resolved directory.</summary>
    public static MediaAddress Locate(ResolvedDirectory directory, ReadOnlySpan<byte> file, ReadOnlySpan<byte> query) => new(
        directory.Cluster!,
        file.IsEmpty ? directory.Path : PathOf(directory.Path, file),
        query.Length <= 1 ? "" : WirePath.CleanQuery(Encoding.UTF8.GetString(query)));

    /// <summary>Finds where a reference leads upstream; false for other schemes, foreign hosts and what is no URI reference.</summary>
    public bool TryLocate(ReadOnlySpan<byte> reference, out MediaAddress address)
    {
        address = default;
        byte[]? rented = null;
        if (ReferenceSpelling.IsUnclean(reference))
        {
            rented = ArrayPool<byte>.Shared.Rent(reference.Length * 3);
            reference = rented.AsSpan(0, ReferenceSpelling.Clean(reference, rented));
        }

        var parts = ReferenceSpelling.Split(reference);
        var directory = ResolveLast(parts.Directory);
        var found = directory.Cluster is not null;
        if (found && parts.Directory.IsEmpty && parts.File.IsEmpty)
        {
            var query = parts.Query.IsEmpty ? Encoding.Latin1.GetBytes(Url.Query) : parts.Query;
            address = Locate(directory, Encoding.Latin1.GetBytes(File), query);
        }
        else if (found)
        {
            address = Locate(directory, parts.File, parts.Query);
        }

        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
        return found;
    }

    /// <summary>A path of Latin-1 characters as a client puts it on the wire; what is escaped already stays as it is.</summary>
    public static string ToWirePath(string path) => WirePath.Clean(Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(path)));

    /// <summary>Whether a directory contains dot segments, plain or escaped.</summary>
    public static bool HasDotSegment(string directory)
    {
        RemoveDotSegments("/", directory, out _, out _, out var found);
        return found;
    }

    /// <summary>Most references of a manifest lie in one directory, and are asked for one after the other: by each request for a segment, those that follow it.</summary>
    private ResolvedDirectory ResolveLast(ReadOnlySpan<byte> directory)
    {
        if (Volatile.Read(ref _lastFound) is { } last && directory.SequenceEqual(last.Spelling)) return last.Directory;
        var resolved = Resolve(directory);
        if (directory.Length <= LongestKept) Volatile.Write(ref _lastFound, new Found(directory.ToArray(), resolved));
        return resolved;
    }

    private static string PathOf(string directory, ReadOnlySpan<byte> file)
    {
        if (file.Length > ShortFile) return WirePath.Clean(directory + Encoding.UTF8.GetString(file));
        Span<char> name = stackalloc char[ShortFile];
        return WirePath.Clean(string.Concat(directory, name[..Encoding.UTF8.GetChars(file, name)]));
    }

    private static string AuthorityOf(Uri url) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(url.GetLeftPart(UriPartial.Authority)));

    private static bool IsHttp(ReadOnlySpan<byte> scheme) =>
        Ascii.EqualsIgnoreCase(scheme, "http:"u8) || Ascii.EqualsIgnoreCase(scheme, "https:"u8);

    /// <summary>RFC 3986 §5.2.4 for a directory; empty segments are segments.</summary>
    /// <param name="directory">Starts and ends with a slash and is free of dot segments.</param>
    /// <param name="rest">What is walked from there.</param>
    /// <param name="lowest">Fewest segments under which the walk came; -1 when it tried to climb above the root.</param>
    /// <param name="escapedDots">Whether an escaped dot segment was met.</param>
    /// <param name="anyDots">Whether any dot segment was met.</param>
    private static string RemoveDotSegments(string directory, string rest, out int lowest, out bool escapedDots, out bool anyDots)
    {
        var ends = new List<int>();
        var path = new StringBuilder(directory, directory.Length + rest.Length + 1);
        for (var i = 1; i < directory.Length; i++)
        {
            if (directory[i] == '/') ends.Add(i + 1);
        }

        lowest = rest.StartsWith('/') ? 0 : ends.Count;
        escapedDots = false;
        anyDots = false;
        var walk = rest.AsSpan(rest.StartsWith('/') ? 1 : 0);
        Span<byte> shortSegment = stackalloc byte[6];
        while (!walk.IsEmpty)
        {
            var slash = walk.IndexOf('/');
            var segment = slash < 0 ? walk : walk[..slash];
            walk = slash < 0 ? [] : walk[(slash + 1)..];
            var dots = 0;
            if (segment.Length <= shortSegment.Length)
            {
                var length = Encoding.Latin1.GetBytes(segment, shortSegment);
                if (ReferenceSpelling.IsDotSegment(shortSegment[..length], out dots, out var escaped)) escapedDots |= escaped;
            }

            anyDots |= dots > 0;
            if (dots == 0)
            {
                path.Append(segment).Append('/');
                ends.Add(path.Length);
            }
            else if (dots == 2 && ends.Count > 0)
            {
                ends.RemoveAt(ends.Count - 1);
                path.Length = ends.Count > 0 ? ends[^1] : 1;
                lowest = Math.Min(lowest, ends.Count);
            }
            else if (dots == 2)
            {
                lowest = -1;
            }
        }

        return path.ToString();
    }

    /// <summary>A directory as it was spelled, and where it leads.</summary>
    private sealed record Found(byte[] Spelling, ResolvedDirectory Directory);
}

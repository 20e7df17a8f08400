using System.Globalization;
using Gateway.Adaptation;
using Gateway.Media;
using Gateway.Timelines;

namespace Gateway.Prefetch;

/// <summary>
/// Reads the player's announced next requests (CMCD <c>nor</c> and <c>nrr</c>) as addresses. Nothing is fetched only for being named: the tracker takes of them only those that a
/// manifest of the session lists, so that no client can lead a fetch to another host or folder, or past an end. Never throws.
/// </summary>
internal static class NextObjectHints
{
    /// <summary>
    /// Placeholder for the gateway's own route up to the cluster. References are relative to the URL that the player requested, whose path below the cluster is upstream's
    /// own; a reference that leaves that path is ignored.
    /// </summary>
    private const string Root = "http://here.invalid";

    /// <returns>Null when the player named nothing that could be read.</returns>
    public static RangedAddress[]? Read(CmcdReport? report, in RangedAddress asked)
    {
        if (report is null || (report.Next.Count == 0 && report.NextRange is null)) return null;
        if (report.Next.Count == 0)
            return TryReadRange(report.NextRange, out var next) && next is not null ? [new RangedAddress(asked.Address, next)] : null;

        var named = new List<RangedAddress>(report.Next.Count);
        foreach (var (reference, bytes) in report.Next)
        {
            if (!TryReadRange(bytes ?? (report.Next.Count == 1 ? report.NextRange : null), out var range)) continue;
            // Version 1 encodes the reference once more than the playlist does; the form that a manifest lists was meant.
            var plain = Uri.UnescapeDataString(reference);
            if (TryResolve(asked.Address, plain, out var address)) named.Add(new RangedAddress(address, range));
            if (plain != reference && TryResolve(asked.Address, reference, out address)) named.Add(new RangedAddress(address, range));
        }

        return named.Count > 0 ? [.. named] : null;
    }

    private static bool TryResolve(MediaAddress asked, string reference, out MediaAddress address)
    {
        address = default;
        if (reference is "" or ['/', ..] || reference.Contains('\\', StringComparison.Ordinal)) return false;
        if (!UrlReference.TryResolve($"{Root}{asked.Path}{asked.Query}", reference, out var url) || !url.StartsWith($"{Root}/", StringComparison.Ordinal)) return false;
        var question = url.IndexOf('?', StringComparison.Ordinal);
        var end = question < 0 ? url.Length : question;
        address = new MediaAddress(asked.Cluster, url[Root.Length..end], url[end..]);
        return true;
    }

    /// <summary><c>first-last</c>, or <c>first-</c>. A suffix (<c>-last</c>) has no offset without a length: then the whole object is taken.</summary>
    private static bool TryReadRange(string? text, out ByteRange? range)
    {
        range = null;
        if (text is null || text is ['-', ..]) return true;
        var dash = text.IndexOf('-', StringComparison.Ordinal);
        if (dash < 0 || !TryNumber(text.AsSpan(0, dash), out var first)) return false;
        if (dash == text.Length - 1)
        {
            range = new ByteRange(first, ByteRange.ToEnd);
            return true;
        }

        if (!TryNumber(text.AsSpan(dash + 1), out var last) || last < first || last == long.MaxValue) return false;
        range = new ByteRange(first, last - first + 1);
        return true;
    }

    private static bool TryNumber(ReadOnlySpan<char> digits, out long number)
    {
        number = 0;
        return !digits.ContainsAnyExceptInRange('0', '9') && long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}

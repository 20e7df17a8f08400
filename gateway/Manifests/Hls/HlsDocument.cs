using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Gateway.Manifests.Hls;

/// <summary>
/// Rewrites the URLs of interstitial asset lists and content-steering manifests, and leaves every other byte, spacing and member order
/// included, as it is.
/// </summary>
/// <remarks>
/// <para>All URLs become absolute: asset URIs must be, and players disagree about what a relative RELOAD-URI is relative to.</para>
/// <para>A pathway clone with a HOST tells the player to take the URLs of another pathway, which lead through this gateway, and to put
/// another host in: that would send it to a host that does not know the gateway's paths. The gateway's own host is put there instead, without a
/// port since players keep that of the URL. The clone then is another name for the pathway it was made of: it plays, the player's pathway
/// logic runs as the provider wrote it, and the choice among machines behind a cluster stays where it is anyway, with the gateway. Entries
/// of PER-VARIANT-URIS and PER-RENDITION-URIS are whole URLs, supersede HOST, and are mapped like any other, so they do change the upstream.</para>
/// </remarks>
internal static class HlsDocument
{
    /// <summary>Deeper than either document goes.</summary>
    private const int MaxDepth = 32;

    private static readonly JsonReaderOptions Options = new()
    {
        AllowTrailingCommas = true,
        CommentHandling = JsonCommentHandling.Skip,
        MaxDepth = MaxDepth,
    };

    /// <summary>Rewrites a document.</summary>
    /// <param name="document">The whole body, decoded from any content coding.</param>
    /// <param name="map">What stands in place of its references.</param>
    /// <param name="output">Gets the document, and nothing when it is <see cref="HlsOutcome.Unchanged"/>.</param>
    /// <param name="kind">What it is; a document of another kind, and what is no JSON, is unchanged.</param>
    public static HlsOutcome Rewrite(ReadOnlySpan<byte> document, ReferenceMap map, IBufferWriter<byte> output, out HlsDocumentKind kind)
    {
        kind = HlsDocumentKind.Other;
        var text = document.StartsWith("\uFEFF"u8) ? document[3..] : document;
        if (!Utf8.IsValid(text)) return HlsOutcome.Unchanged;
        var places = new List<Place>();
        try
        {
            kind = Scan(text, places);
        }
        catch (JsonException)
        {
            return HlsOutcome.Unchanged;
        }

        if (kind == HlsDocumentKind.Other) return HlsOutcome.Unchanged;
        var copied = 0;
        var replacement = new ArrayBufferWriter<byte>();
        foreach (var place in places)
        {
            replacement.ResetWrittenCount();
            var quoted = text.Slice(place.Start, place.Length);
            if (place.IsHost) replacement.Write(Encoding.UTF8.GetBytes(map.Target.Host));
            else if (Unescape(quoted) is not { IsEmpty: false } reference) continue;
            else if (map.Map(reference, ReferenceForm.Absolute, replacement) != ReferenceVerdict.Replaced) continue;
            if (replacement.WrittenSpan.SequenceEqual(quoted)) continue;
            output.Write(text[copied..place.Start]);
            output.Write(replacement.WrittenSpan);
            copied = place.Start + place.Length;
        }

        if (copied == 0) return HlsOutcome.Unchanged;
        output.Write(text[copied..]);
        return HlsOutcome.Rewritten;
    }

    private static HlsDocumentKind Scan(ReadOnlySpan<byte> text, List<Place> places)
    {
        var kind = HlsDocumentKind.Other;
        var reader = new Utf8JsonReader(text, Options);
        Span<Member> path = stackalloc Member[MaxDepth + 2];
        while (reader.Read())
        {
            var depth = reader.CurrentDepth;
            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray) path[depth + 1] = Member.None;
            if (reader.TokenType == JsonTokenType.PropertyName)
            {
                path[depth] = MemberOf(ref reader);
                if (depth != 1) continue;
                if (path[1] is Member.Assets) kind = HlsDocumentKind.AssetList;
                else if (path[1] is Member.ReloadUri or Member.Clones or Member.Priority) kind = HlsDocumentKind.Steering;
            }
            else if (reader.TokenType == JsonTokenType.String && IsPlace(path, depth, out var isHost))
            {
                places.Add(new Place((int)reader.TokenStartIndex + 1, reader.ValueSpan.Length, isHost));
            }
        }

        return kind;
    }

    /// <summary>Objects and arrays both count for depth, so members of objects within an array are two deeper than the array's.</summary>
    private static bool IsPlace(ReadOnlySpan<Member> path, int depth, out bool isHost)
    {
        isHost = false;
        switch (depth)
        {
            case 1:
                return path[1] == Member.ReloadUri;
            case 3:
                return path[1] == Member.Assets && path[3] == Member.Uri;
            case 4:
                isHost = path[1] == Member.Clones && path[3] == Member.Replacement && path[4] == Member.Host;
                return isHost;
            case 5:
                return path[1] == Member.Clones && path[3] == Member.Replacement && path[4] == Member.PerUris;
            default:
                return false;
        }
    }

    private static Member MemberOf(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("ASSETS"u8) ? Member.Assets
        : reader.ValueTextEquals("URI"u8) ? Member.Uri
        : reader.ValueTextEquals("RELOAD-URI"u8) ? Member.ReloadUri
        : reader.ValueTextEquals("PATHWAY-PRIORITY"u8) || reader.ValueTextEquals("SERVICE-LOCATION-PRIORITY"u8) ? Member.Priority
        : reader.ValueTextEquals("PATHWAY-CLONES"u8) ? Member.Clones
        : reader.ValueTextEquals("URI-REPLACEMENT"u8) ? Member.Replacement
        : reader.ValueTextEquals("HOST"u8) ? Member.Host
        : reader.ValueTextEquals("PER-VARIANT-URIS"u8) || reader.ValueTextEquals("PER-RENDITION-URIS"u8) ? Member.PerUris
        : Member.Other;

    /// <summary>The text of a string value; empty for one that is no text, such as half a surrogate pair.</summary>
    private static ReadOnlySpan<byte> Unescape(ReadOnlySpan<byte> value)
    {
        if (!value.Contains((byte)'\\')) return value;
        byte[] quoted = [(byte)'"', .. value, (byte)'"'];
        var reader = new Utf8JsonReader(quoted);
        var plain = new byte[value.Length];
        try
        {
            reader.Read();
            return plain.AsSpan(0, reader.CopyString(plain));
        }
        catch (InvalidOperationException)
        {
            return [];
        }
    }

    private enum Member
    {
        None,
        Other,
        Assets,
        Uri,
        ReloadUri,
        Priority,
        Clones,
        Replacement,
        Host,
        PerUris,
    }

    /// <summary>A string value, without its quotes.</summary>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Place(int Start, int Length, bool IsHost);
}

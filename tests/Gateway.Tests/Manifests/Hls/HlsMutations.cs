using System.Text;

namespace Gateway.Tests.Manifests.Hls;

/// <summary>Makes odd playlists out of good ones, reproducibly.</summary>
internal sealed class HlsMutations(byte[][] seeds, int seed)
{
    private static readonly byte[][] Tokens =
    [
        .. new[]
        {
            "#EXTM3U", "#EXTINF:4,", "#EXT-X-KEY:METHOD=AES-128,URI=\"", "#EXT-X-MAP:URI=\"i.mp4\"", "#EXT-X-PART:DURATION=1,URI=\"p\"",
            "#EXT-X-BYTERANGE:5@1", "#EXT-X-DEFINE:NAME=\"a\",VALUE=\"", "#EXT-X-DEFINE:IMPORT=\"a\"", "#EXT-X-DEFINE:QUERYPARAM=\"sid\"",
            "#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"h\"", "#EXT-X-GAP", "#EXT-X-DISCONTINUITY", "#EXT-X-ENDLIST", "#EXT-X-STREAM-INF:BANDWIDTH=1",
            "#EXT-X-PROGRAM-DATE-TIME:9999-12-31T23:59:60-14:00", "#EXT-X-MEDIA-SEQUENCE:9223372036854775807", "#EXT-X-SKIP:SKIPPED-SEGMENTS=9",
            "#EXT-X-START:TIME-OFFSET=-99999999999999999999", "#EXT-X-CONTENT-STEERING:SERVER-URI=\"data:,{}\"", "#EXTINF:99999999999,",
            "URI=\"", "URI=", "CLASS=\"com.apple.hls.preload\"", "X-ASSET-URI=\"", "\"", ",", "=", "{$a}", "{$name}", "{$", "}", "\r", "\n", "\r\n", "\t",
            "\0", "\x1f", "\x7f", "\\", "/", "//", "///", "/../", "../", "..", "./", "%2e%2e/", "%2E", "%", "%00", "%2f", "?", "#", ":", "@", "[", "]",
            "http:", "http://", "https://example.com/", "http://o.example:9090/", "//o.example:9090/demo/", "http://v.example/base/../", "http://user@o.example:9090/",
            "http://evil.example/", "skd://", "data:", "javascript:", "/api/v1/playback/T/origin/demo/", "https://gw.example/api/v1/playback/T/origin/",
            "\uFEFF", "é", "\u2028", "\u00A0", "\u3000#EXT-X-MAP:URI=\"", "\v", "\f", "#EXT-X-DEFINE:NAME=\"b\",VALUE=\"{$a}{$a}/{$b}\"", "{$b}/", "X-ASSET-LIST=\"data:,", "18446744073709551616", "-1", "0x", "1e999", "NaN",
        }.Select(Encoding.UTF8.GetBytes),
        [0xFF], [0xC3], [0xED, 0xA0, 0x80],
    ];

    private readonly Random _random = new(seed);

    public byte[] Next()
    {
        var text = new List<byte>(seeds[_random.Next(seeds.Length)]);
        for (var changes = _random.Next(1, 6); changes > 0; changes--) Change(text);
        return [.. text];
    }

    private void Change(List<byte> text)
    {
        var at = _random.Next(text.Count + 1);
        switch (_random.Next(9))
        {
            case 0 when at < text.Count:
                text[at] ^= (byte)(1 << _random.Next(8));
                break;
            case 1 when at < text.Count:
                text[at] = (byte)_random.Next(256);
                break;
            case 2:
                text.RemoveRange(at, Math.Min(_random.Next(1, 40), text.Count - at));
                break;
            case 3:
                var other = seeds[_random.Next(seeds.Length)];
                var from = _random.Next(other.Length + 1);
                text.InsertRange(at, other.AsSpan(from, Math.Min(_random.Next(200), other.Length - from)).ToArray());
                break;
            case 4:
                text.InsertRange(at, text.GetRange(at, Math.Min(_random.Next(300), text.Count - at)));
                break;
            case 5 when _random.Next(4) == 0:
                text.RemoveRange(at, text.Count - at);
                break;
            case 6:
                // References are what matters: go to the beginning of a line or a value.
                var line = text.LastIndexOf(_random.Next(2) == 0 ? (byte)'\n' : (byte)'"', Math.Max(at - 1, 0), Math.Max(at, 0));
                text.InsertRange(line + 1, Tokens[_random.Next(Tokens.Length)]);
                break;
            default:
                text.InsertRange(at, Tokens[_random.Next(Tokens.Length)]);
                break;
        }
    }
}

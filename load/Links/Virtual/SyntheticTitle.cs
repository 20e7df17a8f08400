using System.Globalization;
using System.Text;

namespace Gateway.Load.Links.Virtual;

/// <summary>
/// A title that exists as sizes only: real manifests for real readers, HLS and DASH, on demand or live, and segments whose bytes follow from their paths (<see cref="SyntheticContent"/>).
/// </summary>
/// <remarks>
/// <para>Paths: <c>/name/master.m3u8</c>, <c>/name/manifest.mpd</c>, and for each rendition (<c>v0</c>, <c>v1</c> … and <c>a</c>) <c>/name/v0/media.m3u8</c>,
/// <c>init.mp4</c>, <c>17.m4s</c> and, of low-latency HLS, <c>17.3.m4s</c>.</para>
/// <para>A live title has always been on: its segment n ends n + 1 durations after <see cref="TitleShape.LiveSince"/>, and can be had from then on, its parts from their own
/// ends on. What is asked for too early is held back until it is there when it is a playlist or a hinted part, and is not found otherwise.</para>
/// </remarks>
internal sealed class SyntheticTitle : IVirtualServer, IKnownTitles
{
    private readonly TitleShape _shape;
    private readonly SegmentSizes _sizes;
    private readonly string _folder;
    private readonly byte[] _multivariant;
    private readonly byte[] _mpd;
    private readonly SyntheticPlaylists _playlists;

    public SyntheticTitle(TitleShape shape)
    {
        _shape = shape;
        _sizes = new SegmentSizes(shape);
        _folder = $"/{shape.Name}/";
        _multivariant = Encoding.UTF8.GetBytes(SyntheticManifests.Multivariant(shape));
        _mpd = Encoding.UTF8.GetBytes(SyntheticManifests.Mpd(shape));
        _playlists = new SyntheticPlaylists(shape);
    }

    public TitleShape Shape => _shape;

    /// <summary>Path of its multivariant playlist.</summary>
    public string Hls => _folder + "master.m3u8";

    /// <summary>Path of its MPD.</summary>
    public string Dash => _folder + "manifest.mpd";

    /// <summary>Bytes of a segment.</summary>
    public long SizeOf(bool isVideo, int rung, long number) => isVideo ? _sizes.Video(rung, number) : _sizes.Audio(number);

    public VirtualReply Answer(in TransferRequest request, DateTimeOffset arrival)
    {
        var path = request.Path.AsSpan();
        if (!path.StartsWith(_folder, StringComparison.Ordinal)) return VirtualReply.NotFound;
        path = path[_folder.Length..];
        var slash = path.IndexOf('/');
        if (slash < 0)
        {
            if (path.SequenceEqual("master.m3u8")) return Text(_multivariant, TimeSpan.Zero);
            return path.SequenceEqual("manifest.mpd") ? Text(_mpd, TimeSpan.Zero) : VirtualReply.NotFound;
        }

        var rung = RungOf(path[..slash]);
        if (rung < -1) return VirtualReply.NotFound;
        path = path[(slash + 1)..];
        if (path.SequenceEqual("media.m3u8")) return Text(_playlists.At(rung, request.Directives, arrival, out var wait), wait);
        return path.SequenceEqual("init.mp4") ? Media(_shape.InitBytes, TimeSpan.Zero) : Segment(rung, path, arrival);
    }

    public KnownContent? Of(string path)
    {
        var rest = path.AsSpan();
        if (rest.IndexOf('?') is var query and >= 0) rest = rest[..query];
        var folder = rest.LastIndexOf(_folder, StringComparison.Ordinal);
        if (folder < 0) return null;
        rest = rest[folder..];
        var name = rest[_folder.Length..];
        var slash = name.IndexOf('/');
        if (slash < 0) return null;
        var rung = RungOf(name[..slash]);
        if (rung < -1) return null;
        name = name[(slash + 1)..];
        if (name is "init.mp4") return SyntheticContent.Of(rest, _shape.InitBytes);
        return TryRead(name, out var number, out var part) ? SyntheticContent.Of(rest, SizeOf(rung, number, part)) : null;
    }

    /// <summary>-1 for audio, below for nothing.</summary>
    private int RungOf(ReadOnlySpan<char> name)
    {
        if (name is "a") return _shape.AudioKbps > 0 ? -1 : -2;
        return name.Length > 1 && name[0] == 'v' && int.TryParse(name[1..], NumberStyles.None, CultureInfo.InvariantCulture, out var rung) && rung < _shape.Rungs.Length ? rung : -2;
    }

    private VirtualReply Segment(int rung, ReadOnlySpan<char> file, DateTimeOffset arrival)
    {
        if (!TryRead(file, out var number, out var part)) return VirtualReply.NotFound;
        var size = SizeOf(rung, number, part);
        if (!_shape.IsLive) return Media(size, TimeSpan.Zero);
        var seconds = part < 0 ? (number + 1) * _shape.SegmentSeconds : (number * _shape.SegmentSeconds) + ((part + 1) * _shape.PartSeconds);
        var wait = _shape.LiveSince + TimeSpan.FromSeconds(seconds) - arrival;
        if (wait <= TimeSpan.Zero) return Media(size, TimeSpan.Zero);
        return part >= 0 && wait.TotalSeconds < 3 * _shape.SegmentSeconds ? Media(size, wait) : VirtualReply.NotFound;
    }

    /// <summary>Reads <c>17.m4s</c> and <c>17.3.m4s</c>; without a part it is -1.</summary>
    private bool TryRead(ReadOnlySpan<char> file, out long number, out int part)
    {
        (number, part) = (0, -1);
        var dot = file.IndexOf('.');
        if (dot <= 0 || !file.EndsWith(".m4s", StringComparison.Ordinal) || !long.TryParse(file[..dot], NumberStyles.None, CultureInfo.InvariantCulture, out number)) return false;
        if (!_shape.IsLive && number >= _shape.Segments) return false;
        var middle = file[dot..^4];
        return middle.Length <= 1 || int.TryParse(middle[1..], NumberStyles.None, CultureInfo.InvariantCulture, out part);
    }

    private long SizeOf(int rung, long number, int part)
    {
        var size = rung < 0 ? _sizes.Audio(number) : _sizes.Video(rung, number);
        return part < 0 ? size : Math.Max((long)(size * _shape.PartSeconds / _shape.SegmentSeconds), 1);
    }

    private VirtualReply Text(byte[]? body, TimeSpan wait) =>
        body is null ? VirtualReply.NotFound : new VirtualReply { Status = 200, Length = body.Length, Body = body, Wait = wait + _shape.Think };

    private VirtualReply Media(long length, TimeSpan wait) => new() { Status = 200, Length = length, Wait = wait + _shape.Think };
}

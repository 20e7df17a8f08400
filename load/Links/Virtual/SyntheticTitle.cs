using System.Globalization;
using System.Text;

namespace Gateway.Load.Links.Virtual;

/// <summary>
/// A title that exists as sizes only: real manifests for real readers, HLS and DASH, on demand or live, and segments of which nothing but the length is sent.
/// </summary>
/// <remarks>
/// <para>Paths: <c>/name/master.m3u8</c>, <c>/name/manifest.mpd</c>, and for each rendition (<c>v0</c>, <c>v1</c> … and <c>a</c>) <c>/name/v0/media.m3u8</c>,
/// <c>init.mp4</c>, <c>17.m4s</c> and, of low-latency HLS, <c>17.3.m4s</c>.</para>
/// <para>A live title has always been on: its segment n ends n + 1 durations after <see cref="TitleShape.LiveSince"/>, and can be had from then on, its parts from their own
/// ends on. What is asked for too early is held back until it is there when it is a playlist or a hinted part, and is not found otherwise.</para>
/// </remarks>
internal sealed class SyntheticTitle : IVirtualServer
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

    /// <summary>-1 for audio, below for nothing.</summary>
    private int RungOf(ReadOnlySpan<char> name)
    {
        if (name is "a") return _shape.AudioKbps > 0 ? -1 : -2;
        return name.Length > 1 && name[0] == 'v' && int.TryParse(name[1..], NumberStyles.None, CultureInfo.InvariantCulture, out var rung) && rung < _shape.Rungs.Length ? rung : -2;
    }

    private VirtualReply Segment(int rung, ReadOnlySpan<char> file, DateTimeOffset arrival)
    {
        var dot = file.IndexOf('.');
        if (dot <= 0 || !file.EndsWith(".m4s", StringComparison.Ordinal) || !long.TryParse(file[..dot], NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return VirtualReply.NotFound;
        if (!_shape.IsLive && number >= _shape.Segments) return VirtualReply.NotFound;
        var size = rung < 0 ? _sizes.Audio(number) : _sizes.Video(rung, number);
        var middle = file[dot..^4];
        var part = -1;
        if (middle.Length > 1 && !int.TryParse(middle[1..], NumberStyles.None, CultureInfo.InvariantCulture, out part)) return VirtualReply.NotFound;
        if (part >= 0) size = Math.Max((long)(size * _shape.PartSeconds / _shape.SegmentSeconds), 1);
        if (!_shape.IsLive) return Media(size, TimeSpan.Zero);
        var seconds = part < 0 ? (number + 1) * _shape.SegmentSeconds : (number * _shape.SegmentSeconds) + ((part + 1) * _shape.PartSeconds);
        var wait = _shape.LiveSince + TimeSpan.FromSeconds(seconds) - arrival;
        if (wait <= TimeSpan.Zero) return Media(size, TimeSpan.Zero);
        return part >= 0 && wait.TotalSeconds < 3 * _shape.SegmentSeconds ? Media(size, wait) : VirtualReply.NotFound;
    }

    private VirtualReply Text(byte[]? body, TimeSpan wait) =>
        body is null ? VirtualReply.NotFound : new VirtualReply { Status = 200, Length = body.Length, Body = body, Wait = wait + _shape.Think };

    private VirtualReply Media(long length, TimeSpan wait) => new() { Status = 200, Length = length, Wait = wait + _shape.Think };
}

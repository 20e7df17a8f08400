using System.Buffers.Binary;
using System.Diagnostics;

namespace Gateway.Load.Agreement;

/// <summary>
/// Bytes that a browser really decodes: a grey picture and a tone, coded once by ffmpeg, with each segment filled up to its size by a <c>free</c> box (ISO/IEC 14496-12
/// §8.1.2), which every decoder skips. So the network carries a film and the processor hardly anything, and six browsers can be recorded at once.
/// </summary>
internal sealed class AgreementMedia
{
    private readonly byte[][] _video;
    private readonly byte[][] _audio;
    private readonly byte[] _videoInit;
    private readonly byte[] _audioInit;

    private AgreementMedia(string folder, bool isInBand)
    {
        IsInBand = isInBand;
        _videoInit = Padded(File.ReadAllBytes(Path.Combine(folder, "v_init.mp4")), AgreementTitle.InitBytes);
        _audioInit = Padded(File.ReadAllBytes(Path.Combine(folder, "a_init.mp4")), AgreementTitle.InitBytes);
        _video = [.. Enumerable.Range(0, AgreementTitle.Segments).Select(i => File.ReadAllBytes(Path.Combine(folder, $"v_{i}.m4s")))];
        _audio = [.. Enumerable.Range(0, AgreementTitle.Segments).Select(i => Padded(File.ReadAllBytes(Path.Combine(folder, $"a_{i}.m4s")), AgreementTitle.AudioBytes))];
    }

    /// <summary>The samples hold their decoder's parameters (<c>avc3</c>), so that the title can be played as the rendition <c>auto</c>.</summary>
    public bool IsInBand { get; }

    /// <summary>Has ffmpeg make them in a folder.</summary>
    /// <exception cref="InvalidOperationException">ffmpeg failed; the message is its own.</exception>
    public static async Task<AgreementMedia> MakeAsync(string folder, CancellationToken cancellation, bool isInBand = false)
    {
        Directory.CreateDirectory(folder);
        var duration = AgreementTitle.Segments * AgreementTitle.SegmentSeconds;
        string[] parameters = isInBand ? ["-x264-params", "repeat-headers=1", "-tag:v", "avc3"] : [];
        // 32 kHz, because an AAC frame of 1024 samples then goes into a segment without a rest.
        await FfmpegAsync(folder, ["-f", "lavfi", "-i", $"color=c=gray:s=160x90:r=10:d={duration},format=yuv420p", "-c:v", "libx264", "-profile:v", "main", "-level", "1.1", "-bf", "0", "-g", $"{10 * AgreementTitle.SegmentSeconds}", "-sc_threshold", "0", "-crf", "40", .. parameters, .. Segmenting("v")], cancellation);
        await FfmpegAsync(folder, ["-f", "lavfi", "-i", $"sine=frequency=220:sample_rate=32000:duration={duration}", "-ac", "1", "-c:a", "aac", "-b:a", "24k", .. Segmenting("a")], cancellation);
        return new AgreementMedia(folder, isInBand);
    }

    /// <summary>The bytes of an object by its path below the title; null for a manifest or what there is not.</summary>
    public byte[]? Find(string path)
    {
        if (AgreementTitle.BytesOf(path) is not { } size) return null;
        var audio = path[0] == 'a';
        if (path.EndsWith("init.mp4", StringComparison.Ordinal)) return audio ? _audioInit : _videoInit;
        var segment = int.Parse(path.AsSpan(path.Length - 9, 5), System.Globalization.CultureInfo.InvariantCulture);
        return audio ? _audio[segment] : Padded(_video[segment], size);
    }

    private static string[] Segmenting(string prefix) =>
    [
        "-f", "hls", "-hls_time", $"{AgreementTitle.SegmentSeconds}", "-hls_playlist_type", "vod", "-hls_segment_type", "fmp4",
        "-hls_fmp4_init_filename", $"{prefix}_init.mp4", "-hls_segment_filename", $"{prefix}_%d.m4s", $"{prefix}.m3u8",
    ];

    private static byte[] Padded(byte[] media, int size)
    {
        var rest = size - media.Length;
        // A box has a head of eight bytes; what does not fit one more is coded larger than its size says, which would be a mistake in the title.
        if (rest < 8) throw new InvalidOperationException($"{media.Length} coded bytes do not fit into {size}.");
        var padded = new byte[size];
        media.CopyTo(padded, 0);
        BinaryPrimitives.WriteInt32BigEndian(padded.AsSpan(media.Length), rest);
        "free"u8.CopyTo(padded.AsSpan(media.Length + 4));
        return padded;
    }

    private static async Task FfmpegAsync(string folder, string[] arguments, CancellationToken cancellation)
    {
        using var process = Process.Start(new ProcessStartInfo("ffmpeg", ["-hide_banner", "-nostdin", "-loglevel", "error", "-y", .. arguments])
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardError = true,
        })!;
        var errors = await process.StandardError.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        if (process.ExitCode != 0) throw new InvalidOperationException($"ffmpeg ended with {process.ExitCode}: {errors}");
    }
}

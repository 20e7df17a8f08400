using TranscoderStub.Encoders;

namespace TranscoderStub.Streams;

/// <summary>
/// Makes a chunk a CMAF segment with its own header: H.264 and AAC are copied, whatever else is encoded. One fragment for the whole chunk, times from zero with the tracks as far apart as they were recorded; who
/// lists the segment moves it to its place. The same chunk gives the same bytes.
/// </summary>
/// <remarks>
/// A segment always has sound: where the chunk has none, silence, of a few hundred bytes a second. A recorder may hand on its first sound later than its first pictures, and a microphone may be switched off; a player that
/// has once made its buffers takes no segment whose tracks are others than those of the first one.
/// </remarks>
internal sealed class ChunkPackager(FfmpegTools tools, EncodingOptions encoding, StreamOptions options)
{
    // Longer than any chunk: nothing but the end of the input ends the fragment.
    private const string OneFragment = "2147000000";

    private static readonly string[] s_silence = ["-f", "lavfi", "-i", "anullsrc=channel_layout=stereo:sample_rate=48000"];

    // Begins with the pictures, behind the 1024 samples that the AAC encoder puts before its first one, and has no end of its own.
    private static readonly string[] s_extentOfSilence = ["-af", "asetpts=PTS+1024", "-shortest"];

    /// <exception cref="TranscodeException">The chunk cannot be made into a segment; transient where the encoder was killed.</exception>
    public async Task MakeAsync(string input, string output, CancellationToken stop)
    {
        var streams = await ChunkHeader.HasSoundAsync(input, stop) is { } hasSound ? await TryCopyAsync(input, output, hasSound, stop) : null;
        if (streams is null)
        {
            streams = await ChunkStreams.ReadAsync(tools, input, stop);
            if (await RunAsync(ArgumentsFor(streams, input, output), stop) is null) throw TranscodeException.NotMedia();
        }

        var made = new FileInfo(output);
        if (!made.Exists || made.Length == 0) throw TranscodeException.NotMedia();
        if (streams.VideoStart > 0 || streams.AudioStart > 0 || streams.Audio is null) await CorrectAsync(output, streams, stop);
    }

    /// <summary>Copies all tracks without having looked at them; null where that does not do.</summary>
    private async Task<ChunkStreams?> TryCopyAsync(string input, string output, bool hasSound, CancellationToken stop) =>
        await RunAsync([.. ArgumentsFor(ChunkStreams.Copied("h264", hasSound ? "aac" : null, null, null), input, output), .. CopiedTracks.Arguments], stop) is { } told
            ? await CopiedTracks.ReadAsync(told, output, stop)
            : null;

    /// <summary>Runs ffmpeg.</summary>
    /// <returns>What it wrote to its standard output; null where it could do nothing with the chunk.</returns>
    private async Task<string?> RunAsync(IEnumerable<string> arguments, CancellationToken stop)
    {
        await using var encoder = tools.Start("ffmpeg", arguments);
        using var reader = new StreamReader(encoder.Output, leaveOpen: true);
        var told = await reader.ReadToEndAsync(stop);
        var (code, _) = await encoder.EndAsync(stop);
        // 128 and more, or below zero: a signal ended it, and not the chunk.
        if (code is < 0 or >= 128) throw TranscodeException.EncoderFailed("The encoder was killed.", transient: true);
        return code == 0 ? told : null;
    }

    /// <summary>Only headers change.</summary>
    private static async Task CorrectAsync(string path, ChunkStreams streams, CancellationToken stop)
    {
        var whole = await File.ReadAllBytesAsync(path, stop);
        try
        {
            TrackStarts.Correct(whole, streams);
            if (streams.Audio is null) whole = SilentTrack.Cut(whole);
        }
        catch (Exception e) when (e is InvalidDataException or ArgumentOutOfRangeException or OverflowException)
        {
            throw TranscodeException.NotMedia();
        }

        await File.WriteAllBytesAsync(path, whole, stop);
    }

    private IEnumerable<string> ArgumentsFor(ChunkStreams streams, string input, string output)
    {
        yield return "-hide_banner";
        yield return "-nostdin";
        yield return "-loglevel";
        yield return "error";
        yield return "-y";
        yield return "-protocol_whitelist";
        yield return "file";
        var isSilent = streams.Audio is null;
        foreach (var argument in (string[])["-i", $"file:{input}", .. isSilent ? s_silence : [], "-map", "0:v:0?", "-map", isSilent ? "1:a:0" : "0:a:0?", "-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact"]) yield return argument;
        if (streams.Video is not null)
        {
            foreach (var argument in streams.CopiesVideo ? (string[])["-c:v", "copy"] : EncodedVideo()) yield return argument;
        }

        foreach (var argument in streams.CopiesAudio ? (string[])["-c:a", "copy"] : ["-c:a", "aac", "-b:a", "128k", "-ar", "48000", "-ac", "2", "-flags:a", "+bitexact"]) yield return argument;
        if (isSilent)
        {
            foreach (var argument in s_extentOfSilence) yield return argument;
        }

        foreach (var argument in (string[])
            ["-use_editlist", "0", "-movflags", "+empty_moov+default_base_moof+skip_trailer", "-frag_duration", OneFragment, "-fs", options.MaxBytes.ToString(System.Globalization.CultureInfo.InvariantCulture), "-f", "mp4", $"file:{output}"]) yield return argument;
    }

    private string[] EncodedVideo() =>
    [
        "-c:v", "libx264", "-preset", encoding.Preset, "-profile:v", "high", "-pix_fmt", "yuv420p", "-bf", "0", "-crf", "22", "-video_track_timescale", "90000", "-flags:v", "+bitexact",
        // Each frame once: what a browser records has times of its own, by which ffmpeg may guess a rate of 1000, and would repeat each frame until that is reached.
        "-vsync", "vfr",
        // x264 takes even sizes only.
        "-vf", "scale=trunc(iw/2)*2:trunc(ih/2)*2",
    ];
}

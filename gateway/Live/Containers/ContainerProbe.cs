using Microsoft.Win32.SafeHandles;

namespace Gateway.Live.Containers;

/// <summary>Tells whether a file is media, by its bytes and not by what its sender calls it, and how long it plays.</summary>
internal static class ContainerProbe
{
    /// <summary>Shorter is no media.</summary>
    private const double Shortest = 0.001;

    /// <summary>Seconds; null for what is neither MP4 nor WebM with pictures or sound, or is cut.</summary>
    public static double? Seconds(SafeFileHandle file)
    {
        Span<byte> begin = stackalloc byte[4];
        if (RandomAccess.Read(file, begin, 0) < begin.Length) return null;
        var seconds = WebMProbe.Begins(begin) ? WebMProbe.Seconds(file) : SecondsOfMp4(file);
        return seconds is >= Shortest and < 86_400 ? seconds : null;
    }

    private static double? SecondsOfMp4(SafeFileHandle file)
    {
        if (IsoFile.Read(file, needsTime: false) is not { Movie: { } movie, HasMedia: true } read) return null;
        if (read.Times.Count == 0) return movie.Seconds;
        foreach (var track in movie.Tracks)
        {
            if (read.Times.TryGetValue(track.Id, out var time)) return (double)(time.End - time.Start) / track.Timescale;
        }

        return null;
    }
}

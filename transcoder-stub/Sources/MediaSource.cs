using System.Globalization;

namespace TranscoderStub.Sources;

/// <summary>Something that can be encoded.</summary>
/// <param name="MediaId">What the asker calls it.</param>
/// <param name="Input">What ffmpeg opens: a path, or an address of the relay.</param>
/// <param name="Identity">Changes whenever the content does; made segments are kept under it.</param>
/// <param name="Length">Bytes.</param>
/// <param name="IsFile">Whether <paramref name="Input"/> is a path.</param>
internal sealed record MediaSource(string MediaId, string Input, string Identity, long Length, bool IsFile)
{
    /// <summary>Arguments that come before <c>-i</c>: nothing but the one protocol, and only containers that name no other files.</summary>
    /// <remarks>
    /// A text file may be an HLS playlist or a concat script to ffmpeg, which then opens whatever it names (CVE-2016-1897 and the like). The list of
    /// formats holds media containers only. A picture has at most as many pixels as 8192 by 8192, whatever a header in the middle of it claims; what that costs, the memory of ffmpeg is bounded by.
    /// </remarks>
    public IReadOnlyList<string> InputArguments =>
    [
        "-protocol_whitelist", IsFile ? "file" : "http,tcp",
        "-format_whitelist", "mov,mp4,matroska,webm,avi,flv,mpegts,mpeg,asf,ogg,mp3,flac,wav,w64,aiff,aac,ac3,eac3,caf,ape,wv,tta,dsf,mpegvideo,m4v,mxf,au",
        "-max_pixels", "67108864",
        .. IsFile ? (string[])[] : ["-seekable", "1", "-rw_timeout", "15000000"],
    ];

    /// <summary>Whether a file is still the one that was measured. Of what is read through the relay, the relay knows.</summary>
    public bool IsAsMeasured => !IsFile || string.Equals(Identity, IdentityOf(new FileInfo(Input)), StringComparison.Ordinal);

    /// <summary>Identity of a library file: its path, length and time of writing; empty if it is gone.</summary>
    public static string IdentityOf(FileInfo file) => file.Exists ? string.Create(CultureInfo.InvariantCulture, $"{file.FullName}|{file.Length}|{file.LastWriteTimeUtc.Ticks}") : "";
}

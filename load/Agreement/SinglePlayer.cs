using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using Gateway.Load.Links;

namespace Gateway.Load.Agreement;

/// <summary>A program that plays one rendition from its beginning to its end and adapts nothing, over a shaped link through a gateway.</summary>
internal static class SinglePlayer
{
    /// <summary>Programs that are known.</summary>
    public static string[] All { get; } = ["mpv", "ffmpeg"];

    /// <param name="program">One of <see cref="All"/>.</param>
    /// <param name="isAuto">The rendition <c>auto</c>; else the ladder, of which these programs take the highest rung.</param>
    /// <param name="isDash">By the MPD, which ffmpeg reads with a connection for each segment; else by the playlists.</param>
    /// <param name="link">The link.</param>
    /// <param name="seconds">Of the title.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="InvalidOperationException">The program failed; the message is its own.</exception>
    public static async Task<SinglePlay> PlayAsync(string program, bool isAuto, bool isDash, AgreementCase link, int seconds, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("agreement-auto-").FullName;
        try
        {
            var media = await AgreementMedia.MakeAsync(folder, cancellation, isInBand: true);
            await using var origin = await AgreementOrigin.StartAsync(media, Path.Combine(AppContext.BaseDirectory, "wwwroot", "lib"));
            // What is fetched ahead would stand among what was asked for.
            await using var gateway = await RecordingRun.StartGatewayAsync(origin, "auto", cancellation, "--Gateway:Prefetch:Segments=0");
            var bottleneck = new RealTimeBottleneck(link.Link(folder), TimeProvider.System, TimeSpan.FromMilliseconds(5));
            await using var proxy = new ShapedProxy(new IPEndPoint(IPAddress.Loopback, new Uri(gateway.Urls.First()).Port), bottleneck, TimeProvider.System, isThin: true);
            var url = $"http://127.0.0.1:{proxy.Port}/play/title/{(isDash ? "manifest.mpd" : "master.m3u8")}{(isAuto ? "?rendition=auto" : "")}";
            var began = TimeProvider.System.GetTimestamp();
            await RunAsync(program, url, isAuto ? 0 : AgreementTitle.Kbps.Count - 1, seconds, cancellation);
            var took = TimeProvider.System.GetElapsedTime(began);
            return new SinglePlay(program, isAuto, took - TimeSpan.FromSeconds(seconds), [.. origin.Asked.Where(static p => p[0] == 'v').GroupBy(static p => p[3..], StringComparer.Ordinal).OrderBy(static g => g.Key, StringComparer.Ordinal).Select(static g => g.Last()[1] - '0')]);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task RunAsync(string program, string url, int track, int seconds, CancellationToken cancellation)
    {
        var length = seconds.ToString(CultureInfo.InvariantCulture);
        string[] arguments = program == "mpv"
            ? ["--no-config", "--vo=null", "--ao=null", "--really-quiet", $"--length={length}", url]
            : ["-hide_banner", "-nostdin", "-loglevel", "error", "-re", "-i", url, "-map", $"0:v:{track}", "-t", length, "-f", "null", "-"];
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true })!;
        await using var ending = cancellation.Register(process.Kill);
        var said = new StringBuilder();
        process.ErrorDataReceived += (_, line) => said.AppendLine(line.Data);
        process.OutputDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        await process.WaitForExitAsync(cancellation);
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {said}");
    }
}

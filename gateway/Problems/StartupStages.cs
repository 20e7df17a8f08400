namespace Gateway.Problems;

/// <summary>Finds the start-up stage of a request by its route, so that every problem names it alike, whoever wrote it.</summary>
internal static class StartupStages
{
    private const string Playback = "/api/v1/playback/";
    private const string Files = "/api/v1/files/";
    private const string Chunks = "/api/player/stream_chunk/";
    private const string Tracks = "/api/library/tracks/";

    public static StartupStage Of(HttpRequest request)
    {
        var path = request.Path.Value ?? "";
        if (path.StartsWith("/play/", StringComparison.OrdinalIgnoreCase) || path.StartsWith("/stream/", StringComparison.OrdinalIgnoreCase)) return StartupStage.Manifest;
        if (path.StartsWith(Files, StringComparison.OrdinalIgnoreCase) || path.StartsWith(Chunks, StringComparison.OrdinalIgnoreCase)) return StartupStage.Segment;
        if (path.StartsWith(Tracks, StringComparison.OrdinalIgnoreCase)) return StartupStage.Manifest;
        if (!path.StartsWith(Playback, StringComparison.OrdinalIgnoreCase)) return StartupStage.None;
        var rest = path.AsSpan(Playback.Length);
        if (rest.StartsWith("sessions", StringComparison.OrdinalIgnoreCase) && (rest.Length == 8 || rest[8] == '/'))
        {
            // Create and handoff start a playback; heartbeat, events and the rest belong to one that has started.
            var starts = HttpMethods.IsPost(request.Method)
                && (rest.TrimEnd('/').Length == 8 || rest.TrimEnd('/').EndsWith("/handoff", StringComparison.OrdinalIgnoreCase));
            return starts ? StartupStage.SessionCreate : StartupStage.None;
        }

        // The rest of the control plane.
        if (rest is "engine" || rest.StartsWith("groups", StringComparison.OrdinalIgnoreCase)) return StartupStage.None;
        return IsManifest(rest) ? StartupStage.Manifest : StartupStage.Segment;
    }

    public static string NameOf(StartupStage stage) => stage switch
    {
        StartupStage.SessionCreate => "session_create",
        StartupStage.Manifest => "manifest",
        _ => "segment",
    };

    private static bool IsManifest(ReadOnlySpan<char> path) =>
        path.EndsWith(".m3u8", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".mpd", StringComparison.OrdinalIgnoreCase);
}

using Gateway.Caching;

namespace Gateway.Playback.Requests;

/// <summary>How the segment handler left a request.</summary>
/// <param name="IsManifest">
/// Upstream declares a type that may hold references, which must not go out as they are: nothing was sent. False: answered, with the
/// resource or with a problem.
/// </param>
/// <param name="Opened">Such a body, opened, for the manifest handler to read and dispose; null when that has to open it itself.</param>
internal readonly record struct HandlerResult(bool IsManifest, CacheReply? Opened)
{
    public static HandlerResult Answered => default;
}

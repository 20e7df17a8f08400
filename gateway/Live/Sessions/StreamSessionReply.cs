namespace Gateway.Live.Sessions;

/// <summary>Reply of <c>POST /stream_sessions</c>.</summary>
internal sealed record StreamSessionReply(string SessionId, string PlaylistUrl, string Mode, int ChunkDurationSec, int ContractVersion, StreamUpload Upload);

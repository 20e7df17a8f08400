using System.Text.Json;

namespace Gateway.Sessions.Api;

/// <summary>The body of a heartbeat, and of a handoff, in which every field is optional.</summary>
internal sealed record HeartbeatBody
{
    public double? PositionSec { get; private init; }

    public bool? IsPlaying { get; private init; }

    public double? BufferedUntilSec { get; private init; }

    /// <summary>Handoff only: the title that the successor plays.</summary>
    public string? MediaId { get; private init; }

    public static HeartbeatBody? Read(JsonElement body, bool isHandoff, out IReadOnlyList<(string Field, string Error)> errors)
    {
        var fields = new FieldReader(body);
        var read = new HeartbeatBody
        {
            PositionSec = fields.Seconds("positionSec", required: !isHandoff),
            IsPlaying = fields.Flag("isPlaying", required: !isHandoff),
            BufferedUntilSec = fields.Seconds("bufferedUntilSec"),
            MediaId = isHandoff ? CreateSessionRequest.MediaIdOf(fields, required: false) : null,
        };
        errors = fields.Errors;
        return errors.Count == 0 ? read : null;
    }
}

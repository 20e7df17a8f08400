using Gateway.Sessions.Quality;

namespace Gateway.Sessions.Api;

/// <summary>Begins the records of creates.</summary>
internal sealed class CreateAttempts(SessionTelemetry telemetry, SessionOutcomes outcomes)
{
    public CreateAttempt Begin(HttpContext context) => new(context, telemetry, outcomes);
}

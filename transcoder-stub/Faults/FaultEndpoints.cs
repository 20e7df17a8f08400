using TranscoderStub.Access;

namespace TranscoderStub.Faults;

/// <summary>Faults over HTTP. They are never applied to the stub's own controls, so that a test can always switch them off again.</summary>
internal static class FaultEndpoints
{
    private const int MaxBody = 2 << 20;

    public static void UseFaults(this WebApplication app)
    {
        var table = app.Services.GetRequiredService<FaultTable>();
        app.Use((context, next) =>
        {
            if (context.Request.Path.StartsWithSegments("/_stub", StringComparison.Ordinal)) return next(context);
            var step = next;
            foreach (var fault in table.Take(context.Request.Path).Reverse())
            {
                var inner = step;
                step = c => fault.RunAsync(c, inner);
            }

            return step(context);
        });
    }

    public static void MapFaults(this IEndpointRouteBuilder app)
    {
        app.MapGet("/_stub/faults", (FaultTable table) => table.Snapshot());
        app.MapPut("/_stub/faults", IResult (FaultTable table, FaultRule[] rules) => table.Replace(rules) is { } refusal
            ? TypedResults.Problem(refusal, statusCode: StatusCodes.Status400BadRequest, extensions: [new("code", "TRANSCODER_FAULT_RULE")])
            : TypedResults.NoContent()).WithMetadata(new RequestSizeLimit(MaxBody));
        app.MapDelete("/_stub/faults", (FaultTable table) =>
        {
            table.Replace([]);
            return TypedResults.NoContent();
        });
    }
}

using Gateway.Adaptation.Serving;
using Gateway.Problems;
using Gateway.Sessions.Api;
using Gateway.Sessions.Store;

namespace Gateway.Admin;

/// <summary><c>GET</c> and <c>PUT /admin/adaptation</c>: the limit that an operator sets for all sessions while the gateway runs, <c>{"capKbps": 2500}</c>; 0 takes it away. With a shared store it is that of all gateways.</summary>
internal static class AdaptationActions
{
    public static void Map(IEndpointRouteBuilder admin)
    {
        admin.MapMethods("/adaptation", [HttpMethods.Get, HttpMethods.Head], (HttpContext context, AdaptationCap cap) => ShowAsync(context, cap));
        admin.MapPut("/adaptation", ChangeAsync);
    }

    private static Task ShowAsync(HttpContext context, AdaptationCap cap)
    {
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsJsonAsync(new AdaptationSnapshot(cap.Kbps), AdminJson.Default.AdaptationSnapshot, cancellationToken: context.RequestAborted);
    }

    private static async Task ChangeAsync(HttpContext context, AdaptationCap cap, Audit audit)
    {
        using var json = await JsonBody.ReadObjectAsync(context);
        if (json is null) return;
        if (!json.RootElement.TryGetProperty("capKbps", out var given) || given.ValueKind != System.Text.Json.JsonValueKind.Number || !given.TryGetInt32(out var kbps) || kbps is < 0 or > 1_000_000)
        {
            await ProblemDocument.WriteAsync(context, ProblemCode.InvalidRequest, new ProblemNotes { Fields = [("capKbps", "is a whole number of kbit/s from 0 (no limit) to 1000000")] });
            return;
        }

        if (context.RequestServices.GetService<AdaptationCapStore>() is not { } shared) cap.Kbps = kbps;
        else if (!await shared.TrySetAsync(kbps, context.RequestAborted))
        {
            await ProblemDocument.WriteAsync(context, ProblemCode.StoreUnavailable);
            return;
        }

        audit.Tell(context, "adaptation.cap", $"{kbps} kbps");
        await ShowAsync(context, cap);
    }
}

using System.Net.Sockets;
using System.Security.Cryptography;
using Gateway.Configuration;

namespace Gateway;

/// <summary>Turns a start that failed for its configuration into a plain message; a bug keeps its stack trace.</summary>
internal static class StartRefusal
{
    /// <param name="refusal">What building or starting the host threw.</param>
    /// <param name="configuration">Null where it could not be read.</param>
    public static string Message(Exception refusal, IConfiguration? configuration) => refusal switch
    {
        WrongConfigurationException => refusal.Message,
        InvalidDataException { InnerException: { } inner } => $"The configuration cannot be read, nothing was started: {refusal.Message} {inner.Message}",
        _ when configuration is not null && IsOfListening(refusal) =>
            $"The gateway cannot listen on {Addresses(configuration)}: {refusal.Message} The addresses come from --urls, ASPNETCORE_URLS or the section Kestrel.",
        _ => $"The gateway did not start: {refusal}",
    };

    /// <summary>Port taken or forbidden, address of another machine, no URL, certificate missing or of another password.</summary>
    private static bool IsOfListening(Exception refusal) => refusal
        is IOException or UnauthorizedAccessException or SocketException or FormatException or ArgumentOutOfRangeException or CryptographicException
        || (refusal is InvalidOperationException && refusal.Source?.StartsWith("Microsoft.AspNetCore.Server.Kestrel", StringComparison.Ordinal) == true);

    private static string Addresses(IConfiguration configuration)
    {
        var endpoints = configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(e => e["Url"]).OfType<string>().ToArray();
        return endpoints.Length > 0 ? string.Join(' ', endpoints) : configuration["urls"] ?? "the default port";
    }
}

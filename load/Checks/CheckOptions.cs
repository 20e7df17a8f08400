using System.CommandLine;
using System.CommandLine.Parsing;

namespace Gateway.Load.Checks;

/// <summary>Switches that verbs with checks share.</summary>
internal static class CheckOptions
{
    public static Option<Uri> Target(string description) => new("--target") { Description = description, HelpName = "URL", Required = true, CustomParser = ReadUrl };

    public static Option<string> Token() => new("--token") { Description = "Bearer token that opens the title; without it the system lets everybody in.", HelpName = "JWT" };

    public static Option<string> AdminKey() => new("--admin-key") { Description = "X-Admin-Key.", HelpName = "KEY" };

    public static Option<Uri> AdminAddress() => new("--admin-address") { Description = "Where /admin and /metrics are, if not at the target (Admin:Urls).", HelpName = "URL", CustomParser = ReadUrl };

    private static Uri? ReadUrl(ArgumentResult given)
    {
        if (Uri.TryCreate(given.Tokens[0].Value, UriKind.Absolute, out var url) && url.Scheme is ("http" or "https")) return url;
        given.AddError("This is no URL such as https://media.example.com.");
        return null;
    }
}

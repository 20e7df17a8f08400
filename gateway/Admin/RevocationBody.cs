using System.Globalization;
using System.Text.Json;
using Gateway.Access;
using Gateway.Access.Revocation;
using Gateway.Sessions.Api;

namespace Gateway.Admin;

/// <summary>The body of <c>POST /admin/revocations</c>: one of <c>jti</c>, <c>subject</c> (with <c>issuer</c>) and <c>user</c>, and <c>until</c>.</summary>
internal static class RevocationBody
{
    private const int LongestName = 512;

    /// <summary>Longer than any credential should live; more is a slip of the pen.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(400);

    /// <param name="body">As it came.</param>
    /// <param name="issuer">The configured issuer, for a subject without one.</param>
    /// <param name="now">The time.</param>
    /// <param name="errors">What is wrong with it.</param>
    /// <returns>What to refuse; null with errors.</returns>
    public static RevocationEntry? Read(JsonElement body, string issuer, DateTimeOffset now, out IReadOnlyList<(string Field, string Error)> errors)
    {
        var fields = new FieldReader(body);
        var token = fields.Text("jti", LongestName);
        var subject = fields.Text("subject", LongestName);
        var user = fields.Text("user", 64);
        var by = fields.Text("issuer", LongestName) ?? (issuer.Length > 0 ? issuer : null);
        if (new[] { token, subject, user }.Count(name => name is not null) != 1 && fields.Errors.Count == 0) fields.Refuse("jti", "give exactly one of jti, subject and user");
        if (!DateTimeOffset.TryParse(fields.Text("until", 64, required: true), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var until) || until > now + Longest)
        {
            if (fields.Errors.Count == 0) fields.Refuse("until", "is no time such as 2026-12-31T00:00:00Z, at most 400 days ahead; one that has passed lifts the revocation");
        }

        errors = fields.Errors;
        if (errors.Count > 0) return null;
        if (token is not null) return new RevocationEntry(RevocationKind.Token, RevocationEntry.NameOf(token), until);
        if (user is not null) return new RevocationEntry(RevocationKind.User, user, until);
        return by is null
            ? new RevocationEntry(RevocationKind.Subject, RevocationEntry.NameOf(subject!), until)
            : new RevocationEntry(RevocationKind.User, AccessGrant.UserOf(by, subject), until);
    }
}

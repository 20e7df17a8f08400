using System.ComponentModel.DataAnnotations;

namespace TranscoderStub.Access;

/// <summary>Section <c>Transcoder:Api</c>.</summary>
internal sealed class ApiOptions : IValidatableObject
{
    /// <summary>The ids of transcodes are signed with it: whoever has one could try out short keys at leisure.</summary>
    private const int MinKeyLength = 16;

    /// <summary>Bearer key of the API, 16 characters or more; empty (default): only callers of this machine may use anything but the bundled titles.</summary>
    public string Key { get; set; } = "";

    /// <summary>
    /// Whether files below <c>/transcode/{id}/</c> and <c>/jit/~{capability}/</c> need the key as well. Default false: the id and the capability are 128 bits that only a
    /// holder of the key has got, and a gateway's cache asks for media without credentials.
    /// </summary>
    public bool MediaNeedsKey { get; set; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        // The value is not repeated, so no member is named: it is a secret.
        if (Key.Length is > 0 and < MinKeyLength) yield return new ValidationResult($"Key is too short to be kept secret. Write {MinKeyLength} characters or more: openssl rand -hex 32.");
    }
}

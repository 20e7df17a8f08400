namespace Gateway.Origin;

/// <summary>
/// Field values that every HTTP stack takes: printable ASCII and tabs. Letters beyond (obs-text of RFC 9110 §5.5) are refused by HttpClient
/// on the way up and by Kestrel on the way down.
/// </summary>
internal static class FieldText
{
    public static bool IsPlain(ReadOnlySpan<char> value)
    {
        foreach (var c in value)
        {
            if (c is not ('\t' or >= ' ' and <= '~')) return false;
        }

        return true;
    }
}

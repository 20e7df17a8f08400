namespace Gateway.Origin;

/// <summary>
/// Field values that every HTTP stack takes: printable ASCII and tabs. Other characters (obs-text of RFC 9110 §5.5) are refused by HttpClient
/// in requests and by Kestrel in responses.
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

using System.CommandLine;
using System.Globalization;
using System.Numerics;

namespace Gateway.Load;

/// <summary>Holds options to a range.</summary>
internal static class OptionRange
{
    /// <summary>Refuses a value outside of a range. Only what was given is looked at: a default is not there yet when a command is validated, and reads as zero.</summary>
    public static Option<T> Within<T>(this Option<T> option, T least, T most, string refusal)
        where T : struct, INumber<T>
    {
        option.Validators.Add(result =>
        {
            if (result.Tokens is [.., var last] && T.TryParse(last.Value, CultureInfo.InvariantCulture, out var value) && !(value >= least && value <= most)) result.AddError(refusal);
        });
        return option;
    }
}

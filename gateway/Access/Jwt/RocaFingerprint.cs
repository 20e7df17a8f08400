using System.Numerics;

namespace Gateway.Access.Jwt;

/// <summary>
/// Recognises RSA moduli of the broken generator of CVE-2017-15361 (Nemec et al., "The Return of Coppersmith's Attack", CCS 2017, §2): their
/// primes are k·M + (65537^a mod M) for a product M of small primes, so the modulus is a power of 65537 modulo each of these.
/// A sound modulus passes all 38 tests by chance less than once in 2^27.
/// </summary>
internal static class RocaFingerprint
{
    private static readonly int[] Primes =
    [
        3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157,
        163, 167,
    ];

    public static bool Matches(BigInteger modulus)
    {
        foreach (var prime in Primes)
        {
            if (!IsPowerOf65537((int)(modulus % prime), prime)) return false;
        }

        return true;
    }

    private static bool IsPowerOf65537(int residue, int prime)
    {
        var power = 1;
        do
        {
            if (power == residue) return true;
            power = power * (65537 % prime) % prime;
        }
        while (power != 1);
        return false;
    }
}

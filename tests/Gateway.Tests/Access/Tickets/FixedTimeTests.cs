using Gateway.Access.Tickets;

namespace Gateway.Tests.Access.Tickets;

/// <summary>Comparison in fixed time: each byte counts.</summary>
public sealed class FixedTimeTests
{
    [Fact]
    public void AreEqual_AnyLength_SeesEachBitThatDiffers()
    {
        for (var length = 0; length < 40; length++)
        {
            var left = new byte[length];
            new Random(length).NextBytes(left);
            var right = left.ToArray();
            Assert.True(FixedTime.AreEqual(left, right));
            for (var bit = 0; bit < 8 * length; bit++)
            {
                right[bit / 8] ^= (byte)(1 << (bit % 8));
                Assert.False(FixedTime.AreEqual(left, right));
                right[bit / 8] ^= (byte)(1 << (bit % 8));
            }
        }
    }

    [Fact]
    public void AreEqual_OtherLength_IsNot()
    {
        Assert.False(FixedTime.AreEqual(new byte[8], new byte[9]));
        Assert.False(FixedTime.AreEqual([], new byte[1]));
    }
}

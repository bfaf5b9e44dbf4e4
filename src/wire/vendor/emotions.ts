/** Schemas of the calls with which robots attach emotions to the messages of people. The vendor documents none of them. */
import { z } from 'zod';

export const emotionBody = z.object({
  robotCode: z.string(),
  openConversationId: z.string().describe('The conversationId of the message, as the robot has received it.'),
  openMsgId: z.string().describe('The msgId of the message, as the robot has received it.'),
  emotionType: z.int().optional().describe('Not interpreted; programs send 2.'),
  emotionName: z.string().optional().describe('Identifies the emotion among those of the robot.'),
  textEmotion: z
    .object({
      emotionId: z.string().optional(),
      emotionName: z.string().optional(),
      text: z.string().optional().describe('What people see. Default: emotionName.'),
      backgroundId: z.string().optional(),
    })
    .optional(),
});

export const emotionAnswer = z.object({ success: z.boolean() });
export type EmotionAnswer = z.infer<typeof emotionAnswer>;
